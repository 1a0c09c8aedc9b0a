"""The link from Sinqro's side: who is connected, who is in charge, and what they must still be told.

Each request of :class:`~app.sandbox.sinqro_state.SinqroState` goes to the installation in charge of its selling point,
at once and in the order they were made; it is sent again after every hello and takeover, after a silence, and after an
error that says it can be retried, until a final answer has come. An answer counts only from the installation in charge:
what a loser stored, the winner must be told again.
"""

import asyncio
import contextlib
import http
import logging
import socket
import time
from typing import Any

import msgspec
import websockets
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from app.domain.errors import SinqroRefused
from app.link import wire
from app.link.messages import Frame, RequestFault, decode_value, fault_frame, parse_fault, result_frame
from app.sandbox.sinqro_calls import SinqroCallees
from app.sandbox.sinqro_peer import Peer
from app.sandbox.sinqro_state import Installation, LinkRequest, SinqroState

SILENCE = 5.0
"""Seconds after which a request without an answer is sent again; doubles up to :data:`MOST_SILENCE`."""
MOST_SILENCE = 30.0
RETRY = 1.0
"""Seconds until a request is repeated whose error answer said that it can be."""
HANDOVER = 5.0
"""Seconds that the loser of a takeover has to stop."""

_FRAME = msgspec.json.Decoder(Frame)
_TEXT = msgspec.json.Decoder(str)


class SinqroLink:
    """The websocket server. ``start`` and ``close`` it once."""

    def __init__(self, *, state: SinqroState) -> None:
        self.state = state
        self.peers: dict[str, Peer] = {}
        """By installation: those that said hello."""
        self._connected: set[Peer] = set()
        self._callees = SinqroCallees(state=state)
        self._handing_over: dict[str, asyncio.Lock] = {}
        self._stopped: set[tuple[str, str]] = set()
        """Selling point and installation that stopped for a takeover under way."""
        self._sent_at: dict[str, float] = {}
        self._again_at: dict[str, float] = {}
        self._refused: set[str] = set()
        """Requests whose last answer was an error that can be retried."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Listen on a bound socket."""
        # Not a child of the root logger: what clients do to a handshake is no news of the program's.
        silent = logging.Logger("sinqro-sandbox-link", logging.CRITICAL)  # noqa: LOG001
        self._server = await serve(
            self._serve,
            sock=listener,
            subprotocols=[Subprotocol(self.state.wire.link.subprotocol)],
            process_request=self._shake_hands,
            max_size=wire.TRANSPORT_LIMIT,
            close_timeout=1,
            logger=silent,
            server_header="Sinqro sandbox",
        )
        self._own(self._sweep())

    async def close(self) -> None:
        """Close every connection and stop listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for peer in self._connected:
            if peer.dead:  # it would not hear a goodbye
                peer.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    # ---------------------------------------------------------------- requests to the companion

    def deliver(self, request: LinkRequest) -> None:
        """Send a request to the installation in charge, if it is there now."""
        peer = self.peer_of(request.selling_point)
        if peer is not None:
            self._push(peer, request)

    def peer_of(self, selling_point: str) -> Peer | None:
        """The connection of the installation in charge."""
        place = self.state.restaurants.get(selling_point)
        return self.peers.get(place.active) if place else None

    def revoke(self, installations: list[Installation]) -> None:
        """Close the links of installations whose tokens were revoked."""
        for peer in self._connected:
            if any(peer.installation is one for one in installations):
                self._own(peer.connection.close(1008, "TOKEN_REVOKED"))

    def apply_faults(self) -> None:
        """Do at once what new faults mean for the connections open now."""
        faults = self.state.misbehaviour.faults
        for peer in list(self._connected):
            peer.play_dead(dead=faults.half_open)
            if faults.close_link or faults.offline:
                peer.cut()

    def _push(self, peer: Peer, request: LinkRequest) -> None:
        if (request.selling_point, peer.installation_id) in self._stopped:
            return
        self._refused.discard(request.id)
        silence = min(SILENCE * 2**request.sent, MOST_SILENCE)
        request.sent += 1
        self._again_at[request.id] = time.monotonic() + silence

        def sent(moment: float) -> None:
            self._sent_at[request.id] = moment

        peer.send(request.frame, sent)

    def _flush(self, peer: Peer, selling_points: list[str]) -> None:
        for request in list(self.state.unanswered.values()):
            if request.selling_point in selling_points and self.peer_of(request.selling_point) is peer:
                self._push(peer, request)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(RETRY / 2)
            now = time.monotonic()
            for request in list(self.state.unanswered.values()):
                peer = self.peer_of(request.selling_point)
                if peer is not None and self._again_at.get(request.id, now) <= now and self._seems_lost(peer, request):
                    self._push(peer, request)

    def _seems_lost(self, peer: Peer, request: LinkRequest) -> bool:
        """Not when it only waits its turn: a companion with a backlog answers, and answers what came before."""
        if request.id in self._refused:
            return True
        sent_at = self._sent_at.get(request.id)
        silent = time.perf_counter() - peer.last_answer > SILENCE
        return silent if sent_at is None else silent or sent_at < peer.answered_up_to

    # ---------------------------------------------------------------- connections

    async def _shake_hands(self, connection: ServerConnection, request: Request) -> Response | None:
        faults = self.state.misbehaviour.faults
        status = 503 if faults.offline else faults.refuse_link
        if status is None and self._installation_of(request) is None:
            status = 401
        if status is None:
            return None
        answer = connection.respond(http.HTTPStatus(status), "refused by the Sinqro sandbox\n")
        if status in (429, 503):
            answer.headers["Retry-After"] = "1"
        self.state.record("link.refused", status=status)
        return answer

    def _installation_of(self, request: Request) -> Installation | None:
        token = request.headers.get(self.state.wire.headers.user_access_token, "")
        found = self.state.installations.get(token)
        return None if found is None or found.revoked else found

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        installation = self._installation_of(connection.request)
        if installation is None:  # revoked between handshake and here
            await connection.close(1008, "TOKEN_REVOKED")
            return
        peer = Peer(connection=connection, installation=installation, misbehaviour=self.state.misbehaviour)
        self._connected.add(peer)
        self.state.record("link.opened", deviceName=peer.device_name)
        writer = asyncio.create_task(peer.write())
        try:
            while True:
                message = await connection.recv(decode=False)
                faults = self.state.misbehaviour.faults
                if not self.state.misbehaviour.happens(faults.drop):
                    self._take(peer, message)
                    if self.state.misbehaviour.happens(faults.duplicate):
                        self._take(peer, message)
        except websockets.ConnectionClosed as exc:
            code = exc.rcvd.code if exc.rcvd else exc.sent.code if exc.sent else None
            self.state.record(
                "link.closed", deviceName=peer.device_name, installationId=peer.installation_id, code=code
            )
        finally:
            writer.cancel()
            self._connected.discard(peer)
            if self.peers.get(peer.installation_id) is peer:
                del self.peers[peer.installation_id]
                self.state.silent_since[peer.installation_id] = time.monotonic()
            with contextlib.suppress(asyncio.CancelledError):
                await writer

    def _take(self, peer: Peer, message: bytes) -> None:
        try:
            frame = _FRAME.decode(message)
            message.decode()
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.state.record("frame.malformed", deviceName=peer.device_name, size=len(message))
            peer.send(fault_frame(b"", parse_fault()))
            return
        if frame.method and not frame.id:
            return  # JSON-RPC: nobody waits for an answer
        if frame.method == wire.TAKE_OVER:
            self._own(self._answer_take_over(peer, frame))
        elif frame.method:
            self._answer(peer, frame)
        else:
            self._take_answer(peer, frame)

    def _answer(self, peer: Peer, frame: Frame) -> None:
        try:
            result = self._callees.answer(peer, frame.method, bytes(frame.params))
        except RequestFault as fault:
            peer.send(fault_frame(bytes(frame.id), fault))
            return
        peer.send(result_frame(bytes(frame.id), result))
        if frame.method == wire.HELLO:
            self._greeted(peer, decode_value(bytes(frame.params)))

    def _greeted(self, peer: Peer, hello: dict[str, Any]) -> None:
        before = self.peers.get(peer.installation_id)
        self.peers[peer.installation_id] = peer
        self.state.silent_since.pop(peer.installation_id, None)
        if before is not None and before is not peer:
            # One connection for each installation: the older one is a leftover of a broken network.
            self._own(before.connection.close(1001, "ANOTHER_CONNECTION"))
        if hello.get("refusing") == "TOO_LARGE":
            for request in list(self.state.unanswered.values()):
                if len(request.frame) > wire.TRANSPORT_LIMIT:
                    error = {
                        "code": -32600,
                        "message": "refused at hello",
                        "data": {"code": "TOO_LARGE", "retryable": False},
                    }
                    self.state.answer_request(request, {"error": error}, None)
        self._flush(peer, list(self.state.restaurants))

    # ---------------------------------------------------------------- answers of the companion

    def _take_answer(self, peer: Peer, frame: Frame) -> None:
        kind, raw = ("error", frame.error) if frame.error else ("result", frame.result)
        try:
            answer = {kind: decode_value(bytes(raw))}
        except SinqroRefused:  # deeper than anything can be read
            self.state.record("answer.malformed", deviceName=peer.device_name, size=len(raw))
            return
        raw_id = bytes(frame.id)
        request = self._request_of(raw_id, answer)
        if request is None:
            if not peer.take_reply(raw_id.decode(), answer):
                self.state.record("answer.unexpected", deviceName=peer.device_name, id=raw_id.decode(), **answer)
            return
        in_charge = self.peer_of(request.selling_point) is peer
        if not in_charge or (request.selling_point, peer.installation_id) in self._stopped:
            self.state.record("answer.ignored", order=request.order, deviceName=peer.device_name, requestId=request.id)
        elif _retryable(answer):
            self._again_at[request.id] = time.monotonic() + RETRY
            self._refused.add(request.id)
            self.state.record("answer.retry", order=request.order, requestId=request.id, **answer)
        else:
            self._again_at.pop(request.id, None)
            peer.last_answer = time.perf_counter()
            sent_at = self._sent_at.pop(request.id, None)
            taken = None
            if sent_at is not None:
                taken = round((peer.last_answer - sent_at) * 1000, 3)
                peer.answered_up_to = max(peer.answered_up_to, sent_at)
            self.state.answer_request(request, answer, taken)

    def _request_of(self, raw_id: bytes, answer: dict[str, Any]) -> LinkRequest | None:
        if raw_id not in (b"", b"null"):
            with contextlib.suppress(msgspec.MsgspecError):
                return self.state.unanswered.get(_TEXT.decode(raw_id))
        elif "error" in answer:
            return next((one for one in self.state.unanswered.values() if one.broken and one.sent), None)
        return None

    # ---------------------------------------------------------------- takeover

    async def _answer_take_over(self, peer: Peer, frame: Frame) -> None:
        try:
            place = self._callees.place_to_take(peer, bytes(frame.params))
        except RequestFault as fault:
            peer.send(fault_frame(bytes(frame.id), fault))
            return
        async with self._handing_over.setdefault(place.id, asyncio.Lock()):
            if place.active != peer.installation_id:
                loser = self.peers.get(place.active)
                told = {"sellingPointId": place.id, "deviceName": peer.device_name, "epoch": place.epoch + 1}
                request_id = self.state.new_request_id()
                if loser is not None:
                    # From here on nothing is sent to it and no answer counts: what it did not answer, the winner gets.
                    self._stopped.add((place.id, loser.installation_id))
                    await loser.call(wire.SUPERSEDED, {"requestId": request_id, **told}, HANDOVER)
                self._callees.put_in_charge(place, peer)
                self._stopped = {pair for pair in self._stopped if pair[0] != place.id}
            peer.send(result_frame(bytes(frame.id), {"epoch": place.epoch}))
            self._flush(peer, [place.id])

    def _own(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _retryable(answer: dict[str, Any]) -> bool:
    error = answer.get("error")
    data = error.get("data") if isinstance(error, dict) else None
    return isinstance(data, dict) and data.get("retryable") is True
