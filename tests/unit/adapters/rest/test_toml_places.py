import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rest.toml_places import Places

TEXT = '''# a comment = with [brackets]
top = 1
"quoted.key" = 'a'

[table.sub] # [not.this]
text = "one \\"two\\" \\u00e9 x"
many = """
first [line]
  key = no
\\ttab \\
    joined"""
raw = \'\'\'
a = 1
[b]
""quotes""\'\'\'\'
inline = { a = "x", b = { c = [1, { d = 2 }] } }
list = [
    "p", # ]
    'q',
    { deep = "r" },
]
dotted.name = true

[[steps]]
name = "one"
[steps.query]
q = "{a}"
[[steps]]
name = "two"
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("top",), "top = 1"),
        (("quoted.key",), '"quoted.key"'),
        (("table", "sub"), "[table.sub]"),
        (("table", "sub", "text"), "text ="),
        (("table", "sub", "many"), "many ="),
        (("table", "sub", "raw"), "raw ="),
        (("table", "sub", "inline", "b", "c", 1, "d"), "d = 2"),
        (("table", "sub", "list", 2, "deep"), 'deep = "r"'),
        (("table", "sub", "dotted", "name"), "dotted.name"),
        (("steps", 0, "name"), 'name = "one"'),
        (("steps", 0, "query", "q"), 'q = "{a}"'),
        (("steps", 1), '[[steps]]\nname = "two"'),
        (("steps", 1, "name"), 'name = "two"'),
        (("steps", 1, "missing", "deeper"), '[[steps]]\nname = "two"'),
        (("table", "sub", "gone"), "[table.sub]"),
    ],
)
def test_keys(path: tuple[str | int, ...], place: str) -> None:
    line, column = Places(TEXT).line_column(path)
    rest = "\n".join(TEXT.splitlines()[line - 1 :])[column - 1 :]
    assert rest.startswith(place)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        (("table", "sub", "text"), "x"),
        (("table", "sub", "text"), "two"),
        (("table", "sub", "many"), "key"),
        (("table", "sub", "many"), "joined"),
        (("table", "sub", "raw"), "[b]"),
        (("table", "sub", "raw"), "quotes"),
        (("table", "sub", "list", 1), "q"),
    ],
)
def test_places_within_a_text(path: tuple[str | int, ...], word: str) -> None:
    value: Any = tomllib.loads(TEXT)
    for step in path:
        value = value[step]
    line, column = Places(TEXT).line_column(path, value.index(word))
    assert TEXT.splitlines()[line - 1][column - 1 :].startswith(word)


def test_an_entry_that_is_not_there_is_at_the_beginning() -> None:
    assert Places(TEXT).line_column(("none",)) == (1, 1)
    assert Places("").line_column(("none",), 5) == (1, 1)


def test_windows_line_ends() -> None:
    assert Places(TEXT.replace("\n", "\r\n")).line_column(("steps", 1, "name")) == Places(TEXT).line_column(
        ("steps", 1, "name")
    )


@given(st.text(alphabet="abc=[]{}\"'\\\n#., 1", max_size=120))
def test_it_ends_whatever_the_text(text: str) -> None:
    line, column = Places(text).line_column(("a", "b"), 3)
    assert line >= 1
    assert column >= 1


NAMES = st.text(alphabet="abcdefgh-_", min_size=1, max_size=5)


@given(
    st.dictionaries(
        NAMES, st.dictionaries(NAMES, st.text(alphabet="xyz\"'\\\n\t é", max_size=20), max_size=3), max_size=4
    )
)
def test_texts_of_any_content(tables: dict[str, dict[str, str]]) -> None:
    import tomlkit

    written = tomlkit.dumps(tables)
    places = Places(written)
    for table, entries in tables.items():
        for name, value in entries.items():
            for at, letter in enumerate(value):
                line, column = places.line_column((table, name), at)
                shown = written.splitlines()[line - 1][column - 1 :] + "\n"
                assert shown[0] == letter or shown[0] in '\\\n"', (written, name, at)
