"""Keeps the translations: `python packaging/translations.py` takes the texts of app/ui into resources/translations.

Texts are the literals given to `tr()`; one with `n=` is a plural. A new text comes into each language unfinished, to be
translated with Qt Linguist (or any editor); one that is gone leaves. Then the `.qm` files that the program loads are
made. English needs its plurals only, the texts themselves are English. `--check` changes nothing: it exits with status
1 when something is unfinished, missing, too much or not compiled.
"""

import ast
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "Companion"
FULL = ("es",)


Text = tuple[str, str]
"""A text, and what tells it apart from the same one elsewhere (`about=`)."""


def texts_in_source() -> dict[Text, bool]:
    """Every text of the windows, with whether it is a plural."""
    found: dict[Text, bool] = {}
    for path in sorted((ROOT / "app" / "ui").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr" and node.args:
                text = node.args[0]
                if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
                    raise SystemExit(f"{path}:{node.lineno}: tr() wants a literal")
                named = {keyword.arg: keyword.value for keyword in node.keywords}
                about = named.get("about")
                key = (text.value, str(about.value) if isinstance(about, ast.Constant) else "")
                found[key] = found.get(key, False) or "n" in named
    return found


def wanted(language: str) -> dict[Text, bool]:
    """What a language must have."""
    return {text: plural for text, plural in texts_in_source().items() if plural or language in FULL}


def read(language: str) -> dict[Text, list[str]]:
    """The translations that a language has: one form, or one for each plural; empty where unfinished."""
    path = FOLDER / f"{language}.ts"
    if not path.exists():
        return {}
    known: dict[Text, list[str]] = {}
    for message in ET.parse(path).getroot().iter("message"):
        source = (message.findtext("source") or "", message.findtext("comment") or "")
        translation = message.find("translation")
        if translation is None or translation.get("type") in ("unfinished", "vanished", "obsolete"):
            known[source] = []
        elif message.get("numerus") == "yes":
            known[source] = [form.text or "" for form in translation.iter("numerusform")]
        else:
            known[source] = [translation.text or ""]
    return known


def write(language: str, known: dict[Text, list[str]]) -> None:
    """The language's file with exactly what the source has."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text, plural in sorted(wanted(language).items()):
        message = ET.SubElement(context, "message", {"numerus": "yes"} if plural else {})
        ET.SubElement(message, "source").text = text[0]
        if text[1]:
            ET.SubElement(message, "comment").text = text[1]
        forms = known.get(text, [])
        translation = ET.SubElement(message, "translation")
        if not forms or not all(forms) or (plural and len(forms) != 2):
            translation.set("type", "unfinished")
        elif plural:
            for form in forms:
                ET.SubElement(translation, "numerusform").text = form
        else:
            translation.text = forms[0]
    ET.indent(root, "    ")
    body = ET.tostring(root, encoding="unicode")
    (FOLDER / f"{language}.ts").write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8"
    )


def compiled(language: str) -> bytes:
    """The `.qm` of a language as its `.ts` is now."""
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.qm"
        command = [tool, "-silent", FOLDER / f"{language}.ts", "-qm", made]
        subprocess.run(command, check=True, timeout=60)
        return made.read_bytes()


def languages() -> list[str]:
    """All that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.ts"))


def faults() -> list[str]:
    """What is wrong, in words."""
    found = []
    for language in languages():
        known, needed = read(language), wanted(language)
        found += [f"{language}: {text!r} is unfinished" for text in needed if not all(known.get(text) or [""])]
        found += [f"{language}: {text!r} is no text of the program" for text in known if text not in needed]
        qm = FOLDER / f"{language}.qm"
        if not qm.exists() or qm.read_bytes() != compiled(language):
            found.append(f"{language}: the .qm is not made from the .ts (run packaging/translations.py)")
    return found


def main() -> int:
    if "--check" not in sys.argv[1:]:
        for language in languages():
            write(language, read(language))
            (FOLDER / f"{language}.qm").write_bytes(compiled(language))
    told = faults()
    print("\n".join(told) or "all translations are complete")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
