import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest.profile_parts import Text
from adapters.rest.texts import Texts
from app.sandbox.pos_forms import NAME_LIMIT, NOTE_LIMIT, check_text

TEXTS = Texts(Text())
ANY = st.text(alphabet=st.characters(codec="utf-8"), max_size=900)


def test_limits_of_the_reference_pos_are_the_defaults() -> None:
    assert (Text().name_limit, Text().note_limit) == (NAME_LIMIT, NOTE_LIMIT)


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
    assert TEXTS.name(raw) == shown


@pytest.mark.parametrize(
    ("charset", "raw", "shown"),
    [
        ("latin-1", "Łódź “Ñandú” 5 € — Ω", 'Lódz "Ñandú" 5 EUR - ?'),
        ("cp1252", "Łódź “Ñandú” 5 €", "Lódz “Ñandú” 5 €"),
        ("ascii", "¿Señor Müller & Cía? 1º", "?Senor Muller & Cia? 1o"),
        ("cp850", "Peña 5 €", "Peña 5 EUR"),
        ("utf-8", "Łódź 李", "Łódź 李"),
    ],
)
def test_letters_that_the_charset_lacks_become_their_nearest(charset: str, raw: str, shown: str) -> None:
    assert Texts(Text(charset=charset)).name(raw) == shown


def test_a_long_name_ends_in_an_ellipsis() -> None:
    assert TEXTS.name("a" * 201) == "a" * 199 + "…"
    assert TEXTS.name("a" * 200) == "a" * 200
    assert Texts(Text(charset="latin-1")).name("a" * 201) == "a" * 199 + "."


def test_pictures() -> None:
    assert TEXTS.notes(["Alergia 🥜🚫 !"]) == ["Alergia (cacahuetes) (NO) !"]
    assert TEXTS.notes(["🦑"]) == ["(squid)"]
    assert Texts(Text(emoji="drop")).notes(["Alergia 🥜!"]) == ["Alergia !"]
    assert Texts(Text(emoji="keep")).notes(["Alergia 🥜\u0007"]) == ["Alergia 🥜"]


def test_each_line_of_a_note_is_an_entry() -> None:
    assert TEXTS.notes(["uno\ndos\r\n\n tres", None, "", "cuatro"]) == ["uno", "dos", "tres", "cuatro"]


def test_a_pos_with_few_entries_gets_fuller_ones() -> None:
    few = Texts(Text(note_entries=1, note_limit=40))
    assert few.notes(["uno", "dos\ntres"]) == ["uno / dos / tres"]
    assert few.notes(["uno"]) == ["uno"]


@given(ANY)
def test_the_pos_takes_every_text(text: str) -> None:
    check_text(TEXTS.name(text), "name")
    for entry in TEXTS.notes([text]):
        assert check_text(entry, "note", NOTE_LIMIT) == entry != ""


@given(ANY, st.sampled_from(["ascii", "latin-1", "cp1252", "cp850", "iso-8859-15"]))
def test_every_text_can_be_encoded(text: str, charset: str) -> None:
    texts = Texts(Text(charset=charset, name_limit=30))
    assert len(texts.name(text).encode(charset)) <= 30
    for entry in texts.notes([text]):
        entry.encode(charset)


@given(ANY)
def test_no_letter_or_digit_of_a_note_is_lost(text: str) -> None:
    def kept(value: str) -> list[str]:
        normal = unicodedata.normalize("NFC", value)
        return [c for c in normal if ord(c) < 0x10000 and unicodedata.category(c)[0] in "LN"]

    seen = kept(" ".join(TEXTS.notes([text])))
    for letter in kept(text):
        assert letter in seen
