"""Our evaluation gives what the CEL project's own runtime gives, errors among it."""

from typing import Any

import pytest
from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.rest.cel_check import ExpressionFaults
from adapters.rest.expressions import Engine, ExpressionError

VALUES: dict[str, Any] = {
    "i": 3,
    "d": 1.5,
    "s": "abc",
    "t": True,
    "n": None,
    "l": [1, 2, 3, 2],
    "m": {"a": 1, "b": "x", "c": None},
    "ms": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"b": "z"}],
}
ENGINE = Engine()


def theirs(source: str) -> Any:
    env = cel.NewEnv(
        variables=dict.fromkeys(VALUES, cel.Type.DYN),
        extensions=[ext_optional.ExtOptional(), ext_strings.ExtStrings(), ext_bindings.ExtBindings()],
    )
    result = env.compile(source).eval(data=VALUES)
    return "error" if result.type() == cel.Type.ERROR else result.plain_value()


def ours(source: str) -> Any:
    try:
        return ENGINE.compile(source, VALUES).evaluate(VALUES)
    except ExpressionError:
        return "error"


def same(source: str) -> None:
    mine, other = ours(source), theirs(source)
    assert mine == other, source
    assert type(mine) is type(other), source


@pytest.mark.parametrize(
    "source",
    [
        "1 + 2 * 3 - 4 / 3 % 2",
        "-7 / 2",
        "-7 % 2",
        "7 % -2",
        "d * 2.0 / 4.0",
        "1.0 / 0.0",
        "1 / 0",
        "i + d",
        "9223372036854775807 + 1",
        "s + 'x' + string(i) + string(t)",
        "s + i",
        "l + [4]",
        "i == 3.0 && i != s && null == n && t != i",
        "t == 1",
        "i in [dyn(true), t]",
        "m == {'b': 'x', 'a': 1.0, 'c': null}",
        "l == [1, 2, 3, 2]",
        "i > 2.5 && 'b' > 'a' && true > false",
        "s > i",
        "2 in l && 'a' in m && !('z' in m)",
        "t ? 1 : 2",
        "i ? 1 : 2",
        "m.a + 1",
        "m.z",
        "n.a",
        "m.c == null",
        "m['a'] + l[0]",
        "l[9]",
        "l['a']",
        "has(m.a) && !has(m.z)",
        "m.?a.orValue(7) + m.?z.orValue(7)",
        "m.?z.?y.orValue('none')",
        "l[?9].orValue(0) + l[?0].orValue(0)",
        "m.?z.hasValue() || m.?a.hasValue()",
        "m.?z.or(m.?a).value()",
        "m.?z.value()",
        "m.?a.optMap(v, v + 1).orValue(0)",
        "m.?z.optMap(v, v + 1).orValue(0)",
        "{'a': 1, ?'z': m.?z, ?'b': m.?b}",
        "[1, ?m.?z, ?m.?a]",
        "{'a': {'b': [1, {'c': null}]}}.a.b[1].c",
        "{1: 'a', 'b': 2}[1]",
        "{'a': 1}[s]",
        "l.map(x, x * 2)",
        "l.filter(x, x > 1)",
        "l.map(x, x > 1, x * 10)",
        "l.all(x, x > 0)",
        "l.exists(x, x == 3)",
        "l.exists_one(x, x == 2)",
        "l.exists_one(x, x == 3)",
        "m.map(k, k).size()",
        "ms.all(x, x.a > 0)",
        "ms.exists(x, x.a > 1)",
        "ms.exists(x, x.a > 5)",
        "ms.map(x, x.a)",
        "ms.map(x, x.?a.orValue(0))",
        "ms.filter(x, has(x.a)).map(x, {'n': x.b})",
        "l.map(x, l.map(y, x * y))",
        "l.map(l, l + 1)",
        "[].map(x, x)",
        "[].all(x, x)",
        "[].exists(x, x)",
        "cel.bind(z, i + 1, z * z)",
        "m.z == 1 || t",
        "t || m.z == 1",
        "m.z == 1 && !t",
        "m.z == 1 && t",
        "n || t",
        "s.size() + size(l) + m.size()",
        "size(i)",
        "s.startsWith('a') && s.endsWith('c') && s.contains('b')",
        "s.matches('^[a-c]+$') && !s.matches('d')",
        "s.matches('(')",
        "int('12') + int(1.9) + int(-1.9)",
        "int('1 2')",
        "int('0x1')",
        "double('1.5') + double(2)",
        "double('x')",
        "'áB'.lowerAscii() + 'áB'.upperAscii()",
        "' a '.trim() + 'a,b'.split(',')[1] + ['a', 'b'].join('-') + ['a'].join()",
        "s.replace('b', 'xx') + s.substring(1) + s.substring(0, 2)",
        "s.substring(2, 1)",
        "s.indexOf('c') + s.indexOf('z')",
        "'🥜ñ'.size() + '🥜ñ'.indexOf('ñ')",
        "-i + -1",
        "!(i == 3)",
        "n == 0",
        "n < 1",
        "[n, t, d]",
    ],
)
def test_examples(source: str) -> None:
    same(source)


LEAVES = st.sampled_from(["0", "1", "-2", "1.5", "''", "'a'", "true", "false", "null", *VALUES])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from("+ - * / % == != < <= > >= && || in".split())
    name = st.sampled_from("abz")
    macro = st.sampled_from(["map", "filter", "all", "exists", "exists_one"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, binary, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("!{}".format, inner),
        st.builds("{}.{}".format, st.sampled_from(["m", "ms[0]", "ms[2]", "n", "i"]), name),
        st.builds("{}.?{}.orValue({})".format, st.sampled_from(["m", "ms[0]", "ms[2]"]), name, inner),
        st.builds("{}[{}]".format, st.sampled_from(["l", "m", "ms"]), inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{'a': {}, 'z': {}}}".format, inner, inner),
        st.builds("{}.{}(x, {})".format, st.sampled_from(["l", "ms"]), macro, inner),
        st.builds("l.map(x, {})".format, st.builds("(x {} {})".format, binary, inner)),
        st.builds("ms.filter(x, has(x.{})).map(x, x.{})".format, name, name),
        st.builds("size({})".format, inner),
    )


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(source=st.recursive(LEAVES, _grown, max_leaves=8))
def test_whatever_is_written(source: str) -> None:
    try:
        ENGINE.compile(source, VALUES)
    except ExpressionFaults:
        return  # the same library checks both
    same(source)
