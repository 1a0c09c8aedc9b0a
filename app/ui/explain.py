"""What is wrong with an order, in plain words: what happened, what it means for service, and what to do.

Codes are stable and have translated sentences here; the POS's own words follow them as they came.
"""

from collections.abc import Callable

from app.domain.order_changes import Change, ChangeKind
from app.domain.record import Mark, OrderRecord
from app.domain.status import Injection, RejectReason, Status
from app.ui.words import clock, money, plain, status_name, tr


def trouble_title(record: OrderRecord) -> str:
    """The headline of an order that needs a decision."""
    if record.injection is Injection.UNCERTAIN:
        return tr("Is %1 in the POS?", record.code)
    if record.injection is Injection.HELD:
        return tr("%1 came while the POS was off", record.code)
    if Mark.UNREADABLE in record.marks:
        return tr("%1 cannot be read completely", record.code)
    return tr("%1 did not get into the POS", record.code)


def what_happened(record: OrderRecord) -> str:
    """One sentence."""
    if record.injection is Injection.UNCERTAIN:
        return tr("The POS broke off just as it got the order: we do not know whether it has it.")
    said: dict[str, Callable[[], str]] = {
        "WAITED": lambda: tr("It waited while it could not be put into the POS."),
        "LEDGER_LOST": lambda: tr("It was there before our data was lost, and this POS cannot be asked for it."),
        "COMPLETED_OUTSIDE": lambda: tr("It was completed without the POS."),
        "ORDER_UNREADABLE": lambda: tr("Sinqro sent it in a form that we do not understand."),
        "POS_UNREACHABLE": lambda: tr("The POS does not answer."),
        "POS_BUSY": lambda: tr("The POS is busy."),
        "POS_TILL_CLOSED": lambda: tr("The till is closed: open it in the POS."),
        "POS_PROFILE_INVALID": lambda: tr("The connection with the POS is not set up rightly."),
    }
    known = said.get(record.injection_code)
    if known is not None:
        return known()
    refused = tr("The POS refuses it.")
    return f"{refused} «{record.injection_message}»" if record.injection_message else refused


def for_service(record: OrderRecord) -> str:
    """What it means in the restaurant."""
    if record.injection is Injection.UNCERTAIN:
        return tr("Look in the POS before you answer: sending it twice would cook it twice.")
    if record.injection is Injection.HELD:
        return tr("It may have been cooked from paper already.")
    if record.status is Status.PENDING:
        return tr("It can still be accepted or rejected; the kitchen has no ticket.")
    return tr("The customer counts on it. The kitchen has no ticket yet.")


def by_hand(record: OrderRecord, mark: Mark) -> str:
    """What a person must do in the POS."""
    sentences: dict[Mark, Callable[[], str]] = {
        Mark.STOP_COOKING: lambda: tr("Stop cooking: the channel cancelled it"),
        Mark.CANCEL_BY_HAND: lambda: tr("Cancel it in the POS by hand"),
        Mark.CHANGE_BY_HAND: lambda: tr("Change it in the POS by hand"),
        Mark.STATUS_BY_HAND: lambda: tr("Set it to «%1» in the POS by hand", status_name(record.status)),
        Mark.POS_DIFFERS: lambda: tr("The POS has it differently, or twice: look at it there"),
    }
    return sentences[mark]()


def remarks(record: OrderRecord) -> list[str]:
    """What staff should know of an order without having to do anything about it."""
    sentences: dict[Mark, Callable[[], str]] = {
        Mark.TABLE_BUSY: lambda: tr("The table had an open order: join them in the POS"),
        Mark.PAYMENT_UNMAPPED: lambda: tr("The POS does not know this payment: it went in unpaid"),
        Mark.REFUNDED: lambda: tr("Refunded: %1", money(record.refunded, record.currency)),
        Mark.ENTERED_BY_HAND: lambda: tr("Entered in the POS by hand"),
        Mark.KEPT_THOUGH_CLOSED: lambda: tr("Kept, though it is closed then"),
    }
    return [sentence() for mark, sentence in sentences.items() if mark in record.marks]


def cancelled(record: OrderRecord) -> str:
    """What became of an order that is off."""
    return f"{status_name(record.status)} {clock(record.status_at)}"


def change_text(change: Change, currency: str) -> str:
    """One difference, as staff read it."""
    if change.kind is ChangeKind.LINE_ADDED:
        return f"+{plain(change.quantity)} {change.after}"
    if change.kind is ChangeKind.LINE_REMOVED:
        return f"−{plain(change.quantity)} {change.before}"  # noqa: RUF001 - the sign staff read
    names: dict[ChangeKind, Callable[[], str]] = {
        ChangeKind.TYPE: lambda: tr("Type of order"),
        ChangeKind.TOTAL: lambda: tr("Total"),
        ChangeKind.COMMENT: lambda: tr("Comment"),
        ChangeKind.TIME: lambda: tr("Time"),
        ChangeKind.DINERS: lambda: tr("Diners"),
        ChangeKind.TABLE: lambda: tr("Table"),
        ChangeKind.ADDRESS: lambda: tr("Address"),
        ChangeKind.CUSTOMER: lambda: tr("Customer"),
        ChangeKind.PAYMENT: lambda: tr("Payment"),
        ChangeKind.COURIER: lambda: tr("Rider"),
        ChangeKind.ETA: lambda: tr("Rider's time"),
        ChangeKind.TRACKING: lambda: tr("Tracking"),
    }
    name = names[change.kind]()
    if change.kind is ChangeKind.TOTAL and change.amount:
        sign = "+" if change.amount > 0 else ""
        return f"{name} {sign}{money(change.amount, currency)}"
    return f"{name}: {change.before or '–'} → {change.after or '–'}"  # noqa: RUF001 - the dash of "nothing"


def reason_name(reason: RejectReason) -> str:
    """A reason of the list, as staff read it."""
    names: dict[RejectReason, Callable[[], str]] = {
        RejectReason.ITEM_UNAVAILABLE: lambda: tr("An item is missing"),
        RejectReason.TOO_BUSY: lambda: tr("Too busy"),
        RejectReason.CLOSED: lambda: tr("Closing now"),
        RejectReason.CUSTOMER_REQUEST: lambda: tr("Customer asks"),
        RejectReason.OUT_OF_RANGE: lambda: tr("Too far away"),
        RejectReason.NO_TABLE: lambda: tr("No table free"),
        RejectReason.WRONG_PRICE: lambda: tr("Wrong price"),
        RejectReason.TECHNICAL: lambda: tr("Technical problem"),
        RejectReason.OTHER: lambda: tr("Other reason…"),
    }
    return names[reason]()


def step_name(status: Status | None, *, reservation: bool = False) -> str:
    """A step as its button says it."""
    if status is Status.COMPLETED:
        return tr("Finished") if reservation else tr("Handed over")
    names: dict[Status | None, Callable[[], str]] = {
        Status.ACCEPTED: lambda: tr("Accept"),
        Status.REJECTED: lambda: tr("Reject"),
        Status.CANCELLED: lambda: tr("Cancel"),
        Status.NO_SHOW: lambda: tr("No-show"),
    }
    if status in names:
        return names[status]()
    return "" if status is None else status_name(status)


def error_text(code: str, message: str, hint: str) -> tuple[str, str]:
    """Message and hint of a failed action in the user's language; what is not known stays as the core says it."""
    known: dict[str, Callable[[], tuple[str, str]]] = {
        "TIME_PASSED": lambda: (tr("That time has passed already."), tr("Choose a later one.")),
        "CLOSED_BY_OTHERS": lambda: (tr("Somebody else closed it."), tr("Open everything, if it must be.")),
        "POS_SWITCHED_OFF": lambda: (
            tr("The POS itself is switched off for online orders."),
            tr("Switch it on in the POS, else it closes again."),
        ),
        "PIN_INVALID": lambda: (tr("A PIN has 4 to 8 digits."), ""),
        "VAULT_LOCKED": lambda: (tr("The password store of this computer is locked."), tr("Unlock it and try again.")),
        "VAULT_ABSENT": lambda: (tr("This computer's password store cannot be used."), tr("Run the doctor.")),
        "PAIRING_CODE_UNKNOWN": lambda: (tr("Sinqro does not know this code."), tr("Look at it again.")),
        "PAIRING_CODE_USED": lambda: (tr("This code has been used already."), tr("Ask Sinqro for a new one.")),
        "PAIRING_CODE_EXPIRED": lambda: (tr("This code is older than 10 minutes."), tr("Ask Sinqro for a new one.")),
        "TOO_MANY_TRIES": lambda: (tr("There were too many tries with a wrong code."), tr("Ask Sinqro for a new one.")),
        "PAIRING_OTHER_RESTAURANT": lambda: (
            tr("This code is another restaurant's."),
            tr("Have Sinqro show one for this restaurant."),
        ),
        "ACCEPT_TOO_LATE": lambda: (
            tr("The time to accept it is over."),
            tr("Call the customer, or wait for the channel."),
        ),
        "STATUS_FINAL": lambda: (tr("It is finished already."), ""),
        "STATUS_NOT_POSSIBLE": lambda: (tr("That step is not possible now."), ""),
        "SELLING_POINT_TAKEN": lambda: (tr("Another device is in charge."), tr("Take over first.")),
        "NOT_WAITING": lambda: (tr("It is on its way into the POS already."), ""),
        "LEDGER_UNUSABLE": lambda: (tr("It could not be kept: is the disk full?"), ""),
        "BRIDGE_STOPPED": lambda: (tr("The program has stopped working"), tr("Quit it and start it again.")),
        "SINQRO_UNREACHABLE": lambda: (
            tr("Sinqro cannot be reached now."),
            tr("Try again when the connection is back."),
        ),
    }
    return known[code]() if code in known else (message, hint)


def said_error(message: str, hint: str) -> str:
    """A failure of the core, in one paragraph."""
    return f"{message} {hint}".strip()
