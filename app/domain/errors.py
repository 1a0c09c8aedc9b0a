"""The errors of the program, as a tree.

::

    CompanionError                 the world failed: shown to people, says whether a retry helps
      ├─ OrderFormError            an order's text cannot be decoded: kept as `unreadable`, never refused
      ├─ AmountError               an amount that is no money
      ├─ StatusError               a change of status that the order cannot make now
      ├─ PosError                  the POS
      │    ├─ PosUnreachable       no connection: nothing was sent
      │    ├─ PosBusy              "later", with a delay
      │    ├─ PosTillClosed        no session is open in the POS
      │    ├─ PosRefused           the POS says no, and why
      │    ├─ PosNotFound          the POS does not know that order
      │    ├─ PosNoSuchStatus      the POS has no such status: nothing to be done there
      │    ├─ OutcomeUnknown       the request may have reached the POS
      │    └─ ProfileError         the description of the POS is at fault
      ├─ SinqroError               Sinqro
      │    ├─ SinqroUnreachable    no link now
      │    ├─ SinqroRefused        an error answer
      │    └─ CredentialsRefused   the tokens are not (or no longer) good: pair again
      ├─ VaultError                the system's vault: locked or absent
      ├─ ConfigurationError        the configuration file: where, what, how to mend it
      └─ LedgerError               the ledger cannot be used

Anything else that is raised is a bug of ours: logged with its traceback, never shown as the world's fault.
"""

from datetime import timedelta
from typing import NamedTuple


class CompanionError(Exception):
    """An error meant for people.

    ``code`` is stable, upper snake case; ``message`` is one sentence; ``hint`` says how to mend it; ``retryable``
    says whether the same call may succeed later without anybody doing anything.
    """

    code = "ERROR"
    retryable = False

    def __init__(self, message: str, *, code: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class OrderFormError(CompanionError):
    """An order's text that cannot be decoded; ``path`` is the JSON path of the first fault."""

    code = "ORDER_UNREADABLE"

    def __init__(self, message: str, *, path: str = "$") -> None:
        super().__init__(message)
        self.path = path


class AmountError(CompanionError):
    """An amount that is not finite, too large or too precise to be money."""

    code = "AMOUNT_INVALID"


class StatusError(CompanionError):
    """A change of status that the order cannot make now (for instance: accept after the deadline)."""

    code = "STATUS_NOT_POSSIBLE"


class PosError(CompanionError):
    """Something between us and the POS."""

    code = "POS_ERROR"


class PosUnreachable(PosError):
    """No connection to the POS: nothing was sent, the same call may be made again."""

    code = "POS_UNREACHABLE"
    retryable = True


class PosBusy(PosError):
    """The POS asks to come back later."""

    code = "POS_BUSY"
    retryable = True

    def __init__(self, message: str, *, retry_after: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PosTillClosed(PosError):
    """The POS has no open session: staff must open the till in the POS."""

    code = "POS_TILL_CLOSED"
    retryable = True


class PosRefused(PosError):
    """The POS says no. ``field`` names what it did not like, where it tells."""

    code = "POS_REFUSED"

    def __init__(self, message: str, *, code: str | None = None, field: str = "", hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.field = field


class PosNotFound(PosRefused):
    """The POS does not know that order."""

    code = "POS_ORDER_NOT_FOUND"


class PosNoSuchStatus(PosRefused):
    """The POS knows no such step on an order's way: nothing is missing there, and nobody need do it by hand."""

    code = "POS_NO_SUCH_STATUS"


class OutcomeUnknown(PosError):
    """The request may have reached the POS and done its work: look it up before trying again."""

    code = "POS_OUTCOME_UNKNOWN"


class ProfileFault(NamedTuple):
    """One thing that is wrong with a profile: where (line and column from 1, entry), what, how to mend it."""

    line: int
    column: int
    entry: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """As editors and terminals understand it: ``12:5: services.health.path: … (…)``."""
        entry = f"{self.entry}: " if self.entry else ""
        return f"{self.line}:{self.column}: {entry}{self.message}{f' ({self.hint})' if self.hint else ''}"


class ProfileError(PosError):
    """The profile or the settings of the POS are at fault: no retry helps. ``faults``: of a profile, all of them."""

    code = "POS_PROFILE_INVALID"

    def __init__(
        self, message: str, *, code: str | None = None, hint: str = "", faults: tuple[ProfileFault, ...] = ()
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.faults = faults


class SinqroError(CompanionError):
    """Something between us and Sinqro."""

    code = "SINQRO_ERROR"


class SinqroUnreachable(SinqroError):
    """No link to Sinqro now."""

    code = "SINQRO_UNREACHABLE"
    retryable = True


class SinqroRefused(SinqroError):
    """Sinqro answered with an error."""

    code = "SINQRO_REFUSED"


class CredentialsRefused(SinqroError):
    """The tokens of this installation are not, or no longer, good."""

    code = "CREDENTIALS_REFUSED"


class VaultError(CompanionError):
    """The system's vault; ``locked`` tells a locked one from one that is not there."""

    code = "VAULT_ABSENT"
    retryable = True

    def __init__(self, message: str, *, locked: bool = False, hint: str = "") -> None:
        super().__init__(message, code="VAULT_LOCKED" if locked else "VAULT_ABSENT", hint=hint)
        self.locked = locked


class ConfigurationError(CompanionError):
    """The configuration file; the message carries the path of the file and of the faulty entry."""

    code = "CONFIGURATION_INVALID"


class LedgerError(CompanionError):
    """The ledger cannot be opened or written (disk full, file corrupt)."""

    code = "LEDGER_UNUSABLE"
    retryable = True
