r"""The log: rotating files that a person can read and send in, without secrets and without customers' data.

A record begins a line with its time in UTC; the lines of a traceback are indented and line breaks within a message are
written as ``\n``, so that nothing that came from outside can pose as a record. What is known to be secret is masked in
the finished text, tracebacks included, as is whatever looks like a token or signing key.

Customers' data is kept out by never logging it, which is why libraries that log what they send and receive stay quiet
whatever the level. Who notices an outage logs it once, and its end once.
"""

import base64
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote

from app.infra.paths import private_folder

MASK = "•••"
FILE = "sinqro-companion.log"

_SHORTEST = 4
"""Shorter values are not masked: they would take half the text with them."""
_QUIET: Mapping[str, int] = {
    "asyncio": logging.WARNING,
    "h11": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "keyring": logging.WARNING,
    "uvicorn": logging.WARNING,
    "websockets": logging.WARNING,
    # It warns each time a job is still running when its next time comes, which is what we want it to do.
    "apscheduler": logging.ERROR,
}
_PATTERNS = tuple(
    (re.compile(pattern), rf"\g<1>{MASK}")
    for pattern in (
        r"(whsec_)[A-Za-z0-9+/=_-]+",
        r"(?i)(x-api-[a-z-]*token\W{1,6}(?:b['\"])?)[^\s'\",;)}\]]+",
        # Case tells "Basic dXNlcjpw" from "basic settings".
        r"(\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC) )(?=\S*[0-9A-Z=._~+/])[A-Za-z0-9._~+/=-]{6,}",
        r"(?i)([?&](?:access_?token|token|api_?key|key|secret|password|code)=)[^&\s'\"]+",
        r"(://[^\s/@:]*:)[^\s/@]+(?=@)",
    )
)


class Redactor:
    """Masks secrets in text: those it was told (:meth:`add`), and what looks like one."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] = ()

    def add(self, secret: str) -> None:
        """Remember a value to mask, also as it looks within quotes, addresses and Basic headers."""
        value = secret.strip()
        if len(value) < _SHORTEST:
            return
        forms = {value, repr(value)[1:-1], quote(value, safe="", errors="replace")}
        forms.add(base64.b64encode(value.encode(errors="replace")).decode())
        # Longest first: one secret may be part of another. A new tuple: other threads may be masking now.
        self._known = tuple(sorted(forms.union(self._known), key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for value in self._known:
            text = text.replace(value, MASK)
        for pattern, mask in _PATTERNS:
            text = pattern.sub(mask, text)
        return text


@contextmanager
def logging_to(
    *,
    folder: Path | None,
    console: bool,
    redactor: Redactor,
    level: str = "info",
    max_mb: float = 5,
    files: int = 5,
) -> Iterator[None]:
    """Log into ``folder`` (not at all when ``None``) and, for ``console``, to standard error; ends with the block.

    ``max_mb`` is the size of one file, ``files`` how many are kept in all. Raises
    :class:`~app.domain.errors.ConfigurationError` when the folder cannot be used.
    """
    handlers: list[logging.Handler] = []
    if folder is not None:
        path = private_folder(folder) / FILE
        handlers.append(
            _PrivateFile(
                path,
                maxBytes=int(max_mb * 1_000_000),
                backupCount=files - 1,
                encoding="utf-8",
                errors="backslashreplace",
            )
        )
    if console and sys.stderr is not None:  # a windowed program has none
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    before = root.level
    quiet_before = {name: logging.getLogger(name).level for name in _QUIET}
    for handler in handlers:
        handler.setFormatter(_Lines(redactor))
        root.addHandler(handler)
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    try:
        yield
    finally:
        root.setLevel(before)
        for name, least in quiet_before.items():
            logging.getLogger(name).setLevel(least)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


class _Lines(logging.Formatter):
    """One line a record, masked."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        # Masked piece by piece and before the shape changes: a secret may have line breaks of its own.
        message = self._redactor(record.getMessage()).replace("\r", "\\r").replace("\n", "\\n")
        lines = [f"{at}.{int(record.msecs):03d}Z {record.levelname} {record.name}: {message}"]
        # Not what the base class caches in the record: another handler's formatter may have put that there.
        if record.exc_info:
            lines += self._indented(self.formatException(record.exc_info))
        if record.stack_info:
            lines += self._indented(record.stack_info)
        return "\n".join(lines)

    def _indented(self, text: str) -> list[str]:
        return [f"    {line}" for line in self._redactor(text).splitlines()]


class _PrivateFile(RotatingFileHandler):
    """Readable by the user alone; a file that cannot be rotated now (open elsewhere, on Windows) grows on."""

    def _open(self) -> TextIOWrapper:
        file = open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_private)  # noqa: SIM115
        assert isinstance(file, TextIOWrapper)  # the mode is one for text
        return file

    def doRollover(self) -> None:  # noqa: N802 - the library's name
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
