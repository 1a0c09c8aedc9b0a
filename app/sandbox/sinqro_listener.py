"""Where the sandbox's link listens: paired companions know the port, so a restart on the same data takes the same."""

import socket

import msgspec

from app.sandbox.pos_server import HOST
from app.sandbox.sinqro_store import SinqroStore


class _Port(msgspec.Struct, kw_only=True):
    number: int


def listen(store: SinqroStore, wanted: int) -> socket.socket:
    """A listening socket at ``wanted``; 0: where it was the last time, else anywhere. Raises ``OSError``."""
    candidates = [wanted] if wanted else [*(port.number for port in store.load("port", _Port)), 0]
    listener = _first_free(candidates)
    store.put("port", "link", _Port(number=listener.getsockname()[1]))
    return listener


def _first_free(ports: list[int]) -> socket.socket:
    for port in ports[:-1]:
        try:
            return socket.create_server((HOST, port))
        except OSError:  # somebody else's by now
            continue
    return socket.create_server((HOST, ports[-1]))
