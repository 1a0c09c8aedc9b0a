"""A small value of ours that Sinqro shows to customers: told when it changed, read back, repaired when it differs.

Three of them: the closings, the hours, the longer preparation. What was last told stands in the ledger, so that a
restart tells nothing twice and forgets nothing. The proof is Sinqro's own answer to the question what it shows; a
notification that was taken proves nothing.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from app.domain.availability import Proof, ProofState
from app.domain.errors import SinqroError, SinqroRefused
from app.domain.record import OrderKey
from app.link.messages import decode_value, encode
from app.ports.clock import Clock
from app.ports.ledger import Ledger, LedgerTransaction, LedgerView
from app.ports.sinqro import SinqroCalls
from app.services.bells import Bells
from app.services.outgoing import refusal_name, tell_state, undelivered_state
from app.services.outlet import Outlet

log = logging.getLogger(__name__)

LOOKS = (0.4, 0.8, 1.5, 3.0, 5.0, 10.0)
"""Seconds between looks while something was told and is not seen yet."""

AGAIN = (5.0, 15.0, 60.0, 180.0)
"""Seconds until it is told once more after Sinqro was seen to show something else."""

USUAL = 180.0
"""Seconds between looks when all is well, at the most: a fifth less at random, so that not all look at once."""

Value = dict[str, Any]


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger remembers of one mirror and selling point."""

    told: str = ""
    """JSON of what was told last."""
    proof: Proof = Proof()


class _Rhythm(msgspec.Struct, kw_only=True):
    """When the next look is, in the monotonic clock's seconds."""

    next_look: float = 0
    looks: int = 0
    repairs: int = 0


class Mirror:
    """One kind of value, for all selling points."""

    def __init__(
        self,
        *,
        kind: str,
        question: str,
        value: Callable[[LedgerView, Outlet, datetime], Value],
        essence: Callable[[Value], Any],
        usual: Callable[[Value], bool],
        words: str,
        ledger: Ledger,
        sinqro: SinqroCalls,
        clock: Clock,
        bells: Bells,
    ) -> None:
        """``kind``: of the notification; ``question``: the method that reads Sinqro's copy.

        ``value`` is what Sinqro shall show; ``essence`` makes two values comparable, however they are spelled (raises
        ``ValueError`` for one that can't be read); ``usual`` ones need not be told to begin with. ``words`` is the
        sentence for staff when Sinqro shows another one.
        """
        self.kind = kind
        self._question = question
        self._value = value
        self._essence = essence
        self._usual = usual
        self._words = words
        self._ledger = ledger
        self._sinqro = sinqro
        self._clock = clock
        self._bells = bells
        self._rhythms: dict[str, _Rhythm] = {}
        self._told: set[str] = set()

    def proof(self, view: LedgerView, selling_point: str) -> Proof:
        """How far Sinqro is known to show it."""
        return self._kept(view, selling_point).proof

    def was_told(self, selling_point: str) -> bool:
        """Whether there is anything to compare: it was told since the start, or before."""
        return selling_point in self._told

    # telling

    def settle(self, tx: LedgerTransaction, outlet: Outlet, now: datetime) -> bool:
        """Tell Sinqro when the value is not the one told last; returns whether it was. Only who is in charge tells."""
        if not outlet.in_charge:
            return False
        self._told.add(outlet.id)
        value = self._value(tx, outlet, now)
        kept = self._kept(tx, outlet.id)
        told = encode(value).decode()
        if self._same(decode_value(kept.told.encode()), value) if kept.told else self._usual(value):
            return False
        self._tell(tx, outlet, value, now)
        proof = kept.proof if kept.proof.state is ProofState.DIFFERS else Proof(state=ProofState.PENDING, at=now)
        self._keep(tx, outlet.id, _Kept(told=told, proof=proof))
        self._rhythms[outlet.id] = _Rhythm(next_look=self._clock.monotonic() + LOOKS[0])
        return True

    def _tell(self, tx: LedgerTransaction, outlet: Outlet, value: Value, now: datetime) -> None:
        tx.set_value(refusal_name(outlet.id, self.kind), "")
        tell_state(tx, outlet.id, self.kind, value, now)

    # looking

    def pause(self, outlet: Outlet) -> float:
        """Seconds until the next look at this selling point."""
        rhythm = self._rhythms.setdefault(outlet.id, _Rhythm())
        return max(0.0, rhythm.next_look - self._clock.monotonic())

    def hurry(self, outlet: Outlet) -> None:
        """A person does not want to wait for the next look."""
        self._rhythms.setdefault(outlet.id, _Rhythm()).next_look = self._clock.monotonic()

    async def look(self, outlet: Outlet) -> None:
        """Read back what Sinqro shows, and say it again where it differs."""
        rhythm = self._rhythms.setdefault(outlet.id, _Rhythm())
        try:
            shown = await self._sinqro.call(self._question, {"sellingPointId": outlet.id})
            essence = self._essence(shown) if isinstance(shown, dict) else None
        except SinqroRefused as exc:  # it cannot be asked: nothing is claimed
            rhythm.next_look = self._clock.monotonic() + _usual()
            await self._found(outlet, Proof(state=ProofState.UNKNOWN, at=self._clock.now(), message=exc.message))
            return
        except (SinqroError, ValueError, TypeError, KeyError):
            rhythm.next_look = self._clock.monotonic() + 5
            return
        await self._ledger.write(lambda tx: self._compare(tx, outlet, essence, rhythm))
        self._bells.changed(outlet.id)

    def _compare(self, tx: LedgerTransaction, outlet: Outlet, shown: Any, rhythm: _Rhythm) -> None:
        now, later = self._clock.now(), self._clock.monotonic()
        value = self._value(tx, outlet, now)
        kept = self._kept(tx, outlet.id)
        if shown == self._essence(value):
            rhythm.looks = rhythm.repairs = 0
            rhythm.next_look = later + _usual()
            if kept.proof.state is not ProofState.PROVEN:
                if kept.proof.state is ProofState.DIFFERS:
                    log.info("selling point %s: Sinqro shows it as it is here again (%s)", outlet.id, self.kind)
                kept = _Kept(told=kept.told, proof=Proof(state=ProofState.PROVEN, at=now))
                self._keep(tx, outlet.id, kept)
            return
        if not kept.told:  # we never said anything: what somebody set at Sinqro is not ours to overrule
            rhythm.next_look = later + _usual()
            if kept.proof.state is not ProofState.UNKNOWN:
                self._keep(tx, outlet.id, _Kept())
            return
        if undelivered_state(tx, outlet.id, self.kind):  # still on its way: the outbox tries again by itself
            rhythm.next_look = later + LOOKS[min(rhythm.looks, len(LOOKS) - 1)]
            rhythm.looks += 1
            slow = rhythm.looks > len(LOOKS)
            if slow or kept.proof.state is not ProofState.PENDING:
                self._differs(tx, outlet, kept, f"{self._words} Sinqro does not take our messages.", now)
            return
        if rhythm.looks < 3 and kept.proof.state is ProofState.PENDING:  # it may take Sinqro a moment
            refusal = tx.value(refusal_name(outlet.id, self.kind))
            if not refusal:
                rhythm.next_look = later + LOOKS[rhythm.looks]
                rhythm.looks += 1
                return
        reason = tx.value(refusal_name(outlet.id, self.kind)) or ""
        self._differs(tx, outlet, kept, f"{self._words} {reason}".strip(), now)
        self._tell(tx, outlet, value, now)
        rhythm.next_look = later + AGAIN[min(rhythm.repairs, len(AGAIN) - 1)]
        rhythm.repairs += 1
        rhythm.looks = 0

    def _differs(self, tx: LedgerTransaction, outlet: Outlet, kept: _Kept, message: str, now: datetime) -> None:
        if kept.proof.state is not ProofState.DIFFERS:  # told once
            log.warning("selling point %s: %s", outlet.id, message)
            tx.add_history(OrderKey(outlet.id, ""), now, "sinqro_differs", "auto", type=self.kind, message=message)
        at = kept.proof.at if kept.proof.state is ProofState.DIFFERS else now
        proof = Proof(state=ProofState.DIFFERS, at=at, message=message)
        self._keep(tx, outlet.id, msgspec.structs.replace(kept, proof=proof))

    async def _found(self, outlet: Outlet, proof: Proof) -> None:
        def write(tx: LedgerTransaction) -> bool:
            kept = self._kept(tx, outlet.id)
            if (kept.proof.state, kept.proof.message) == (proof.state, proof.message):
                return False
            self._keep(tx, outlet.id, msgspec.structs.replace(kept, proof=proof))
            return True

        if await self._ledger.write(write):
            self._bells.changed(outlet.id)

    # inside

    def _same(self, one: Value, two: Value) -> bool:
        try:
            return bool(self._essence(one) == self._essence(decode_value(encode(two))))
        except (ValueError, TypeError, KeyError):
            return False

    def _kept(self, view: LedgerView, selling_point: str) -> _Kept:
        return _kept_of(view, self.kind, selling_point)

    def _keep(self, tx: LedgerTransaction, selling_point: str, kept: _Kept) -> None:
        tx.set_value(_name(self.kind, selling_point), msgspec.json.encode(kept).decode())


def proof_in(view: LedgerView, kind: str, selling_point: str) -> Proof:
    """How far Sinqro is known to show what ``kind`` tells, for whoever has the ledger alone."""
    return _kept_of(view, kind, selling_point).proof


def _kept_of(view: LedgerView, kind: str, selling_point: str) -> _Kept:
    text = view.value(_name(kind, selling_point))
    return _Kept() if text is None else msgspec.json.decode(text, type=_Kept)


def _name(kind: str, selling_point: str) -> str:
    return f"mirror/{kind}/{selling_point}"


def _usual() -> float:
    return USUAL * random.uniform(0.8, 1.0)  # noqa: S311 - spreads looks, no secret
