"""The project's own rules that no other tool keeps."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for package in ("app", "adapters") for path in (ROOT / package).rglob("*.py"))
SOURCE_NAMES = [path.relative_to(ROOT).as_posix() for path in SOURCES]
MOST_LINES = 350
TOP_LEVEL = {
    *("pyproject.toml", "README.md", "CHANGELOG.md"),
    *("app", "adapters", "resources", "packaging", "tests"),
}
POSIX_ONLY = {
    *("_posixsubprocess", "crypt", "fcntl", "grp", "nis", "ossaudiodev", "posix", "pty", "pwd", "readline"),
    *("resource", "spwd", "syslog", "termios", "tty"),
}
SQL_OWNERS = ("app/infra/", "app/sandbox/", "adapters/")
LOCKS = sorted((ROOT / "packaging").glob("*.lock"))


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The top names of the modules that these statements import as they run: not those of functions."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.If) and "sys.platform" in ast.unparse(node.test):
            continue
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for _, value in ast.iter_fields(node):
                if isinstance(value, list):
                    yield from imported([part for part in value if isinstance(part, ast.stmt | ast.excepthandler)])


def imported_anywhere(tree: ast.Module) -> Iterator[str]:
    yield from imported([node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)])


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_module_is_short(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", SOURCE_NAMES)
def test_module_imports_on_windows(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    assert not POSIX_ONLY & set(imported(tree.body)), "import it inside the function that needs it"


@pytest.mark.parametrize("name", [name for name in SOURCE_NAMES if not name.startswith(SQL_OWNERS)])
def test_sql_stays_outside_the_core(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    assert "sqlite3" not in set(imported_anywhere(tree))


def test_posix_imports_are_found() -> None:
    source = """
import sys
try:
    import fcntl
except ImportError:
    fcntl = None
if sys.platform != "win32":
    import pwd
def f():
    import termios
class C:
    from grp import getgrgid
"""
    assert set(imported(ast.parse(source).body)) == {"sys", "fcntl", "grp"}


def test_top_level_is_as_the_architecture_says() -> None:
    found = {name.partition("/")[0] for name in tracked()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_no_tracked_file_names_a_registry() -> None:
    # In pieces, since this file is tracked too.
    hosts = [
        ".".join(parts)
        for parts in (
            *(("pypi", "org"), ("pythonhosted", "org"), ("deb", "debian", "org"), ("snapshot", "debian", "org")),
            *(("security", "debian", "org"), ("npmjs", "org"), ("npmjs", "com"), ("nodesource", "com")),
        )
    ]
    forbidden = re.compile("|".join(map(re.escape, hosts)).encode(), re.IGNORECASE)
    assert [name for name in tracked() if forbidden.search((ROOT / name).read_bytes())] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_is_exact_and_hashed(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pins = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert pins
    exact = re.compile(r"[a-z0-9-]+==\S+( ; [^#@]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line for line in pins if not exact.fullmatch(line)] == []


def test_both_locks_agree() -> None:
    pins = [dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS]
    assert len(pins) == 2
    assert {name for name in pins[0].keys() & pins[1].keys() if pins[0][name] != pins[1][name]} == set()


def test_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for lock, wanted in (
        ("requirements.lock", project["project"]["dependencies"]),
        ("requirements-dev.lock", project["dependency-groups"]["dev"]),
    ):
        text = (ROOT / "packaging" / lock).read_text(encoding="utf-8")
        names = {re.split(r"[^A-Za-z0-9-]", requirement)[0].lower() for requirement in wanted}
        assert {name for name in names if f"\n{name}==" not in text} == set(), "run sh packaging/lock.sh --keep"


GUARDED = """
import logging, threading

log = logging.getLogger("app.sample")

def test_silent():
    log.info("fine")

def test_warns():
    log.warning("not expected")

def test_warns_in_a_thread():
    thread = threading.Thread(target=log.error, args=("from a thread",))
    thread.start()
    thread.join()

def test_expects(expected_logs):
    with expected_logs("app", logging.WARNING, "^exp.cted$") as records:
        log.warning("expected")
    assert len(records) == 1

def test_allows(expected_logs):
    expected_logs.allow("app.sample", logging.WARNING)
    log.warning("allowed")

def test_none_came(expected_logs):
    with expected_logs("app", logging.WARNING, "expected"):
        pass

def test_other_level(expected_logs):
    with expected_logs("app", logging.WARNING, "expected"):
        log.warning("expected")
        log.error("expected")
"""


def test_log_guard(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        "from tests.helpers.logfail import LogGuard, expected_logs\n"
        "def pytest_configure(config): config.pluginmanager.register(LogGuard(), 'inner-log-guard')\n"
    )
    pytester.makepyfile(GUARDED)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rf", f"--rootdir={pytester.path}")
    result.assert_outcomes(passed=3, failed=4)
    result.stdout.fnmatch_lines(["*WARNING app.sample: not expected", "*ERROR app.sample: from a thread"])
    result.stdout.fnmatch_lines(["*expected a log record, none came*"])
