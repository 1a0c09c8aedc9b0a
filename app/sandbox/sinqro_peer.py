"""One websocket connection of a companion, seen from Sinqro, with the faults of the link on its frames.

:meth:`Peer.send` never waits: frames go through a queue to the one task that writes, which drops, delays, doubles and
reorders as the present faults say. :meth:`Peer.call` is a request that is made once and waited for.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Any

import websockets
from websockets.asyncio.server import ServerConnection

from app.link.messages import encode
from app.sandbox.sinqro_faults import Misbehaviour
from app.sandbox.sinqro_state import Installation

REORDER_WAIT = 0.05
"""Seconds for which a frame is held back until another one overtakes it."""

SentAt = Callable[[float], None]
"""Told the moment (``time.perf_counter``) at which a frame leaves."""


class Peer:
    """A connected installation; ``installation_id`` is empty until its hello."""

    def __init__(self, *, connection: ServerConnection, installation: Installation, misbehaviour: Misbehaviour) -> None:
        self.connection = connection
        self.installation = installation
        self.misbehaviour = misbehaviour
        self.installation_id = ""
        self.device_name = installation.device_name
        self.dead = False
        """Half open: what is written is lost, what comes is not read."""
        self.last_answer = 0.0
        """When an answer came last (``time.perf_counter``)."""
        self.answered_up_to = 0.0
        """When the newest of the requests left that were answered."""
        self.replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        """Who waits for the answer to a frame sent once, by the text of its id."""
        self.replies_to_none: list[asyncio.Future[dict[str, Any]]] = []
        """Who waits for an answer to a frame whose id cannot be read: the next one without a known id."""
        self._queue: asyncio.Queue[tuple[bytes | str, float, SentAt | None]] = asyncio.Queue()
        self._ids = itertools.count(1)

    def send(self, frame: bytes | str, sent_at: SentAt | None = None) -> None:
        """Hand a frame over to be written."""
        due = time.perf_counter() + self.misbehaviour.faults.delay_ms / 1000
        self._queue.put_nowait((frame, due, sent_at))

    async def write(self) -> None:
        """Write what is handed over, until cancelled or the connection ends."""
        while True:
            frame, due, sent_at = await self._queue.get()
            faults = self.misbehaviour.faults
            if self.dead or self.misbehaviour.happens(faults.drop):
                if sent_at is not None:
                    sent_at(time.perf_counter())  # Sinqro believes so
                continue
            overtaking = None
            if self.misbehaviour.happens(faults.reorder):
                with contextlib.suppress(TimeoutError):
                    overtaking = await asyncio.wait_for(self._queue.get(), REORDER_WAIT)
            try:
                if overtaking is not None:
                    await self._write_one(*overtaking)
                await self._write_one(frame, due, sent_at)
                if self.misbehaviour.happens(faults.duplicate):
                    await self._write_one(frame, due, None)
            except websockets.ConnectionClosed:
                return

    async def _write_one(self, frame: bytes | str, due: float, sent_at: SentAt | None) -> None:
        early = due - time.perf_counter()
        if early > 0:
            await asyncio.sleep(early)
        if sent_at is not None:
            sent_at(time.perf_counter())
        # Bytes as a text frame: the order's own bytes, whatever they are.
        await self.connection.send(frame, text=True)

    def play_dead(self, *, dead: bool) -> None:
        """Stop, or begin again, to read and write, with the connection left open."""
        if dead is not self.dead:
            self.dead = dead
            (self.connection.transport.pause_reading if dead else self.connection.transport.resume_reading)()

    def cut(self) -> None:
        """End the connection without a word."""
        self.connection.transport.abort()

    async def call(self, method: str, params: dict[str, Any], timeout: float) -> dict[str, Any] | None:
        """A request made once; its answer ``{"result": …}`` or ``{"error": …}``, ``None`` when none came in time."""
        call_id = f"once-{next(self._ids)}"
        frame = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params}
        return await self.ask(encode(frame), f'"{call_id}"', timeout)

    async def ask(self, frame: bytes | str, raw_id: str | None, timeout: float) -> dict[str, Any] | None:
        """Send any text and wait for what answers it; ``raw_id`` is the text of its id, ``None`` when it has none."""
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        if raw_id is None:
            self.replies_to_none.append(reply)
        else:
            self.replies[raw_id] = reply
        self.send(frame)
        try:
            return await asyncio.wait_for(reply, timeout)
        except TimeoutError:
            return None
        finally:
            if raw_id is not None:
                self.replies.pop(raw_id, None)
            elif reply in self.replies_to_none:
                self.replies_to_none.remove(reply)

    def take_reply(self, raw_id: str, answer: dict[str, Any]) -> bool:
        """Give an answer to who waits for it; ``False`` when nobody does."""
        reply = self.replies.get(raw_id)
        if reply is None and self.replies_to_none:
            reply = self.replies_to_none.pop(0)
        if reply is None or reply.done():
            return False
        reply.set_result(answer)
        return True
