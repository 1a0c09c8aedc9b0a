"""What the POS's webhooks mean, by the profile's ``[webhooks]``. Their proof is checked by the receiver."""

import logging
from decimal import Decimal
from typing import Any

from adapters.rest.expressions import Compiled, ExpressionError
from adapters.rest.profile_services import Event, HmacSignature, SharedToken, StandardWebhooks, Webhooks
from adapters.rest.program import Program
from app.ports.pos import PosWebhook, WebhookProof

log = logging.getLogger(__name__)

EVENTS = {
    "orders": "order.changed",
    "catalog": "catalog.changed",
    "availability": "availability.changed",
    "schedule": "schedule.changed",
    "tables": "tables.changed",
}
"""Our name of the event, by what is to be read again."""


class Hearing:
    """The webhooks of one POS."""

    def __init__(self, program: Program, webhooks: Webhooks) -> None:
        self._base = program.base
        self._event = program.expression(webhooks.event, "webhook")
        self._events: dict[str, tuple[Event, Compiled | None, Compiled | None]] = {
            name: (event, program.expression(event.when, "webhook"), program.expression(event.id, "webhook"))
            for name, event in webhooks.events.items()
        }
        self.proof = proof_of(webhooks)
        """How the receiver knows that it is the POS."""

    def hear(self, hint: PosWebhook) -> PosWebhook | None:
        """What a webhook of the POS means in our words; ``None``: nothing that matters.

        A webhook that is of another form than the profile says counts as one for all: a look too much does no harm.
        """
        values = {
            "body": _plain(hint.body),
            "headers": hint.headers,
            "options": self._base["options"],
            "words": self._base["words"],
        }
        try:
            name = hint.event if self._event is None else str(self._event.evaluate(values))
            if name not in self._events:
                return None
            event, when, ident = self._events[name]
            if when is not None and when.evaluate(values) is not True:
                return None
            only = None if ident is None else ident.evaluate(values)
        except ExpressionError as exc:
            log.info("A webhook of the POS is not as its profile says: %s", exc.message)
            return PosWebhook(selling_point=hint.selling_point, event=EVENTS["orders"], body={})
        body = {"data": {"id": str(only)}} if only not in (None, "") else {}
        return PosWebhook(selling_point=hint.selling_point, event=EVENTS[event.means], body=body)


def proof_of(webhooks: Webhooks) -> WebhookProof:
    """The scheme of the profile's signature."""
    match webhooks.signature:
        case StandardWebhooks(secret=secret):
            return WebhookProof(kind="standard", secret=secret)
        case HmacSignature() as signature:
            return WebhookProof(
                kind="hmac",
                secret=signature.secret,
                header=signature.header,
                prefix=signature.prefix,
                encoding=signature.encoding,
            )
        case SharedToken() as signature:
            return WebhookProof(kind="token", secret=signature.secret, header=signature.header, prefix=signature.prefix)


def _plain(value: Any) -> Any:
    """A body as expressions take it: numbers with decimals as text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value
