import subprocess
import sys
from pathlib import Path

import pytest

from adapters.rest.cel_store import CheckedTrees
from adapters.rest.expressions import Engine
from adapters.rest.load import load_profile

PROFILE = Path("resources/profiles/reference.toml").absolute()


def test_a_second_start_does_not_load_the_checker(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "reference.trees"
    code = f"""
import sys
from pathlib import Path
from adapters.rest.cel_store import CheckedTrees
from adapters.rest.load import load_profile
from adapters.rest.expressions import Engine
trees = CheckedTrees(Path({str(file)!r}))
profile = load_profile(Path({str(PROFILE)!r}), trees).profile
engine = Engine(trees=trees)
for name, source in profile.functions.items():
    engine.define(name, source)
print(engine.compile("order_of(answer)", {{"answer", "options"}}).evaluate({{"answer": {{
    "id": "T-1", "reference": "7", "status": "open", "reason": "", "minutes": None, "total": "9.50",
    "changed_at": "2026-11-25T20:30:00Z"}}}})["total"])
trees.save()
print(any("cel_expr" in name for name in sys.modules))
"""
    runs = [
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    assert runs == ["9.50\nTrue\n", "9.50\nFalse\n"]
    assert [each.name for each in file.parent.iterdir()] == ["reference.trees"]


def test_what_changed_is_checked_anew(tmp_path: Path) -> None:
    file = tmp_path / "x.trees"
    first = CheckedTrees(file)
    Engine(trees=first).compile("a + 1", {"a"})
    first.save()
    second = CheckedTrees(file)
    engine = Engine(trees=second)
    assert engine.compile("a + 1", {"a"}).evaluate({"a": 2}) == 3
    second.save()
    before = file.read_bytes()
    assert engine.compile("a + 2", {"a"}).evaluate({"a": 2}) == 4
    second.save()
    assert file.read_bytes() != before
    with pytest.raises(Exception, match="there is no a here"):
        engine.compile("a + 1", {"b"})  # the same text with other variables


def test_only_what_is_used_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "x.trees"
    for source in ("a + 1", "a + 2"):
        trees = CheckedTrees(file)
        Engine(trees=trees).compile(source, {"a"})
        trees.save()
    size = file.stat().st_size
    trees = CheckedTrees(file)
    Engine(trees=trees).compile("a + 3", {"a"})
    trees.save()
    assert file.stat().st_size == size


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-40],
        lambda content: content.replace(b"cel-expr-python", b"cel-expr-other "),
        lambda content: content.replace(b'"trees":{"', b'"trees":{"x":3,"'),
        lambda content: content.replace(b"dHlwZS", b"!!!!!!"),
        lambda content: content.replace(b"dHlwZS", b"AAAAAA"),
        lambda content: b"\xff" * 100,
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: object) -> None:
    file = tmp_path / "x.trees"
    trees = CheckedTrees(file)
    Engine(trees=trees).compile("a + 1", {"a"})
    trees.save()
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    again = CheckedTrees(file)
    assert Engine(trees=again).compile("a + 1", {"a"}).evaluate({"a": 2}) == 3
    again.save()
    assert CheckedTrees(file).get("none") is None


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trees = CheckedTrees(tmp_path / "file" / "x.trees")
    assert Engine(trees=trees).compile("1 + 1", ()).evaluate({}) == 2
    trees.save()


def test_faults_are_told_as_ever_with_a_store(tmp_path: Path) -> None:
    trees = CheckedTrees(tmp_path / "x.trees")
    load_profile(PROFILE, trees)
    trees.save()
    load_profile(PROFILE, CheckedTrees(tmp_path / "x.trees"))
    broken = PROFILE.read_text().replace("answer.cursor", "anser.cursor")
    (tmp_path / "broken.toml").write_text(broken)
    with pytest.raises(Exception, match=r"there is no anser here \(Did you mean answer\?\)"):
        load_profile(tmp_path / "broken.toml", CheckedTrees(tmp_path / "x.trees"))
