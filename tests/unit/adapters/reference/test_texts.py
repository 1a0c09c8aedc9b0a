import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reference import texts
from app.sandbox.pos_forms import NAME_LIMIT, NOTE_LIMIT, check_text


def test_limits_are_the_pos_own() -> None:
    assert (texts.NAME_LIMIT, texts.NOTE_LIMIT) == (NAME_LIMIT, NOTE_LIMIT)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Núria Güell i Peña · col·lega «hola» 3 €", "Núria Güell i Peña · col·lega «hola» 3 €"),
        ("Ana 🌸 María", "Ana María"),
        ("👨‍👩‍👧 Familia Roca", "Familia Roca"),
        ("👍🏽 ok", "ok"),
        ("Li 李 Ωmega Жук", "Li 李 Ωmega Жук"),
        ("\U0001d4d0\U0001d4f7\U0001d4ea", "Ana"),
        ("tab\tnew\nline\x00\x1b", "tab new line"),
        ("\u202eabc\u200d", "abc"),
        ("20° 1º ½ №", "20° 1º ½ №"),
        ("❤️", ""),
    ],
)
def test_names(raw: str, shown: str) -> None:
    assert texts.name(raw) == shown


def test_a_long_name_ends_in_an_ellipsis() -> None:
    assert texts.name("a" * 201) == "a" * 199 + "…"
    assert texts.name("a" * 200) == "a" * 200


def test_pictures_in_notes_become_words() -> None:
    assert texts.notes(["Alergia 🥜🚫 !"]) == ("Alergia (cacahuetes) (NO) !",)
    assert texts.notes(["🦑"]) == ("(squid)",)


def test_each_line_of_a_note_is_an_entry() -> None:
    assert texts.notes(["uno\ndos\r\n\n tres", None, "", "cuatro"]) == ("uno", "dos", "tres", "cuatro")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=900))
def test_the_pos_takes_every_text(text: str) -> None:
    check_text(texts.name(text), "name")
    for entry in texts.notes([text]):
        assert check_text(entry, "note", NOTE_LIMIT) == entry != ""


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=900))
def test_no_letter_or_digit_of_a_note_is_lost(text: str) -> None:
    def kept(value: str) -> list[str]:
        normal = unicodedata.normalize("NFC", value)
        return [c for c in normal if ord(c) < 0x10000 and unicodedata.category(c)[0] in "LN"]

    shown = iter("".join(texts.notes([text])))
    # in order: what pictures become may stand between
    assert all(letter in shown for letter in kept(text))
