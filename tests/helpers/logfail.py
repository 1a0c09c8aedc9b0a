"""A test fails when a log record at WARNING or above is emitted that it did not expect.

After qutebrowser's `tests/helpers/logfail.py`. `tests/conftest.py` registers `LogGuard` and the fixture
`expected_logs`. From the setup of a test to the end of its teardown the guard listens at the root logger, in every
thread; at the end of each phase it fails the test and names each unexpected record. (A handler that raised on the spot,
as qutebrowser's does, would have its exception swallowed by a task or thread.)

    def test_outage(expected_logs: ExpectedLogs) -> None:
        with expected_logs("app.infra.link_websocket", logging.WARNING, r"link lost") as records:
            ...                      # at least one such record must come in here
        assert len(records) == 1

    def test_many_outages(expected_logs: ExpectedLogs) -> None:
        expected_logs.allow("app.infra", logging.WARNING, r"link lost")   # from here to the end, any number
"""

import logging
import re
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

GUARDED_LEVEL = logging.WARNING


@dataclass(slots=True)
class _Expectation:
    logger: str
    level: int
    pattern: re.Pattern[str]
    records: list[logging.LogRecord] = field(default_factory=list)

    def matches(self, record: logging.LogRecord) -> bool:
        return (
            record.levelno == self.level
            and (record.name == self.logger or record.name.startswith(f"{self.logger}."))
            and self.pattern.search(record.getMessage()) is not None
        )

    def __str__(self) -> str:
        return f"{logging.getLevelName(self.level)} of {self.logger} like {self.pattern.pattern!r}"


class _Listener(logging.Handler):
    """Sorts the guarded records of one test into expected and unexpected ones."""

    def __init__(self) -> None:
        super().__init__(GUARDED_LEVEL)
        self.expectations: list[_Expectation] = []
        self.unexpected: list[str] = []
        self._sorting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        with self._sorting:
            for expectation in reversed(self.expectations):
                if expectation.matches(record):
                    expectation.records.append(record)
                    return
            # Rendered now: an argument may change before the test ends.
            text = f"{record.levelname} {record.name}: {record.getMessage()}"
            if record.exc_info and record.exc_info[1] is not None:
                text += f"\n{logging.Formatter().formatException(record.exc_info)}"
            self.unexpected.append(text)

    def fail_if_unexpected(self) -> None:
        with self._sorting:
            found, self.unexpected = self.unexpected, []
        if found:
            listed = "\n".join(found)
            pytest.fail(
                f"unexpected log records (expect them with the fixture expected_logs):\n{listed}", pytrace=False
            )


class ExpectedLogs:
    """Lets one test expect log records at WARNING or above: of a logger or one below it, at that very level."""

    def __init__(self, listener: _Listener) -> None:
        self._listener = listener

    @contextmanager
    def __call__(self, logger: str, level: int, pattern: str = "") -> Iterator[list[logging.LogRecord]]:
        """Within the block, records whose message `pattern` is found in are expected; at least one must come."""
        expectation = self.allow(logger, level, pattern)
        try:
            yield expectation.records
        finally:
            # By identity: two equal expectations may be nested.
            kept = [other for other in self._listener.expectations if other is not expectation]
            self._listener.expectations = kept
        if not expectation.records:
            pytest.fail(f"expected a log record, none came: {expectation}", pytrace=False)

    def allow(self, logger: str, level: int, pattern: str = "") -> _Expectation:
        """From here to the end of the test such records are expected, any number or none."""
        if level < GUARDED_LEVEL:
            message = f"records below {logging.getLevelName(GUARDED_LEVEL)} are not guarded; use caplog"
            raise ValueError(message)
        expectation = _Expectation(logger, level, re.compile(pattern))
        self._listener.expectations.append(expectation)
        return expectation


_LISTENER = pytest.StashKey[_Listener]()


class LogGuard:
    """The pytest plugin: one listener for each test, looked at after each of its phases."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        listener = _Listener()
        item.stash[_LISTENER] = listener
        logging.getLogger().addHandler(listener)
        try:
            return (yield)
        finally:
            logging.getLogger().removeHandler(listener)

    # Within pytest's own wrappers, so that what fails here is reported with the captured output of its phase.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        result = yield
        item.stash[_LISTENER].fail_if_unexpected()
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        result = yield
        item.stash[_LISTENER].fail_if_unexpected()
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        result = yield
        item.stash[_LISTENER].fail_if_unexpected()
        return result


@pytest.fixture
def expected_logs(request: pytest.FixtureRequest) -> ExpectedLogs:
    """Expects log records at WARNING or above, see the module's docstring."""
    node: pytest.Item = request.node
    return ExpectedLogs(node.stash[_LISTENER])
