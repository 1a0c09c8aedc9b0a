"""What the pages of both doubles share: markup that escapes by itself, the frame around a page, forms and their guard.

::

    request → Host is loopback? → POST: from a page of ours? → endpoint → page, or a redirect to one (never both)

:func:`el` is the only way that text becomes markup: whatever is not :class:`Html` already is escaped. The pages have no
script, and a content policy that lets none in. They are for people at this machine: a page of the web that is open in
the same browser cannot post here (``Origin``, ``Sec-Fetch-Site``), nor read it under a name of its own (``Host``).
"""

import base64
import hashlib
import html
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.sandbox.pages_style import STYLE

REFRESH = 3
"""Seconds after which a live page is read again."""
FORM_LIMIT = 6 * 2**20
"""Bytes of the longest form: a pasted order too large for a frame of the link fits."""
ON = "on"
"""What a ticked box sends; one that is not sends nothing."""
_FIELDS = 200
_VOID = frozenset({"input", "meta", "link", "br"})
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
    "%3Crect width='8' height='8' rx='2' fill='%236A2CA8'/%3E%3C/svg%3E"
)


class Html(str):
    """Markup; everything else is text."""

    __slots__ = ()


Child: TypeAlias = "Html | str | Iterable[Child] | None"
Endpoint = Callable[[Request], Awaitable[Response]]


class PageError(Exception):
    """What a person asked for cannot be done; shown as a page with ``status``."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


# ---------------------------------------------------------------- markup


def el(tag: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """One element. A name's last ``_`` is dropped (``class_``); ``True`` makes a bare attribute, ``False`` none."""
    written = []
    for key, value in attributes.items():
        name = key.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {name}")
        elif value is not None and value is not False:
            written.append(f' {name}="{html.escape(str(value))}"')
    head = f"<{tag}{''.join(written)}>"
    return Html(head if tag in _VOID else f"{head}{_markup(children)}</{tag}>")


def _markup(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, str):
        return html.escape(child)
    return "".join(map(_markup, child))


def tag(word: str, kind: str = "") -> Html:
    """A word set off; ``kind``: new, step, ok, warn, off, closed."""
    return el("span", word, class_=f"tag is-{kind}" if kind else "tag")


def facts(*pairs: tuple[str, Child]) -> Html:
    """Names with their values, side by side."""
    return el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in pairs], class_="facts")


def table(heads: Iterable[str], rows: Iterable[Child]) -> Html:
    """A table in a panel. A head that begins with ``>`` stands over numbers."""
    cells = [
        el("th", head.lstrip(">"), class_="number" if head.startswith(">") else None, scope="col") for head in heads
    ]
    body = el("table", el("thead", el("tr", cells)), el("tbody", rows))
    return el("div", body, class_="panel table", tabindex=0, role="region", aria_label="table")


def link(label: Child, path: str, *, class_: str | None = None, **query: str) -> Html:
    """A link, with its query."""
    return el("a", label, href=address(path, **query), class_=class_)


def address(path: str, **query: str) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(query, errors='replace')}" if query else path


def clock(moment: datetime | float | None, *, seconds: bool = True) -> Html:
    """Local time of day, with the date when that is another day."""
    return el("span", _local(moment, seconds), class_="time")


def _local(moment: datetime | float | None, seconds: bool) -> str:
    if moment is None:
        return "–"  # noqa: RUF001 - the typographic sign for nothing
    value = datetime.fromtimestamp(moment, UTC) if isinstance(moment, int | float) else moment
    try:
        local = value.astimezone()
    except (OverflowError, ValueError):
        return str(value)
    if local.date() != datetime.now().astimezone().date():
        return f"{local:%d/%m %H:%M}"
    return f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"


# ---------------------------------------------------------------- forms


def form(action: str, *children: Child, class_: str | None = None, **hidden: str) -> Html:
    """A form that posts; ``hidden`` goes with it."""
    kept = [el("input", type="hidden", name=name, value=value) for name, value in hidden.items()]
    return el("form", kept, children, method="post", action=action, class_=class_)


def button(label: str, *, name: str | None = None, value: str | None = None, kind: str = "", title: str = "") -> Html:
    """A button that sends its form. ``kind``: go (the one filled), yes, step, no, little; ``title``: read aloud."""
    return el("button", label, name=name, value=value, class_=kind or None, aria_label=title or None)


def field(label: str, control: Html, hint: str = "") -> Html:
    """A control with its label."""
    return el("label", el("span", label), control, el("small", hint) if hint else None, class_="field")


def text(name: str, value: str = "", *, kind: str = "text", label: str = "", placeholder: str = "") -> Html:
    """One line of text, or a number; ``label`` where no :func:`field` gives one."""
    step = "any" if kind == "number" else None
    hint = placeholder or None
    return el(
        "input",
        type=kind,
        name=name,
        value=value,
        step=step,
        placeholder=hint,
        aria_label=label or None,
        autocomplete="off",
    )


def select(name: str, choices: Iterable[tuple[str, str]], chosen: str = "", *, label: str = "") -> Html:
    """A choice among ``(value, label)``."""
    options = [el("option", shown, value=value, selected=value == chosen) for value, shown in choices]
    return el("select", options, name=name, aria_label=label or None)


def tick(name: str, label: str, *, on: bool = False, hint: str = "") -> Html:
    """A box to tick."""
    box = el("input", type="checkbox", name=name, value=ON, checked=on)
    return el("label", box, el("span", label), el("small", hint) if hint else None, class_="tick")


async def form_of(request: Request) -> dict[str, str]:
    """The fields that were sent. Raises :class:`PageError`."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise PageError(f"A form is no longer than {FORM_LIMIT} bytes.", status=413)
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_FIELDS
        )
    except ValueError as exc:
        raise PageError(str(exc)) from exc
    return dict(pairs)


def see(path: str, *, at: str = "", **query: str) -> Response:
    """After the work: go and look there; ``at`` is the element to show."""
    return RedirectResponse(address(path, **query) + (f"#{at}" if at else ""), status_code=303)


# ---------------------------------------------------------------- pages


class Frame(NamedTuple):
    """What stands on every page of a double: its name, its pages (path, label), and how it is now."""

    name: str
    tabs: tuple[tuple[str, str], ...]
    state: Child = None


def is_live(request: Request) -> bool:
    """Whether the person who looks wants the page to refresh by itself."""
    return request.query_params.get("live") != "0"


def page(
    frame: Frame, title: str, *body: Child, here: str = "", live: bool | None = None, status: int = 200
) -> Response:
    """A whole page. ``here`` is the path of its tab; ``live``: refreshes by itself (``None``: cannot)."""
    refresh = el("meta", http_equiv="refresh", content=REFRESH) if live else None
    head = [
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width"),
        refresh,
        el("link", rel="icon", href=_ICON),
        el("title", f"{title} · {frame.name}"),
        Html(f"<style>{STYLE}</style>"),
    ]
    tabs = [el("a", label, href=path, aria_current="page" if path == here else None) for path, label in frame.tabs]
    switch = None
    if live is not None:
        switch = link("Pause" if live else "Live again", here or "/", live="0" if live else "1")
    bar = el(
        "header",
        el("span", "SANDBOX", class_="badge"),
        el("b", frame.name),
        el("nav", tabs, aria_label="Pages"),
        el("span", frame.state, el("small", switch), class_="row push"),
    )
    whole = el("html", el("head", head), el("body", bar, el("main", body)), lang="en")
    return Response(
        f"<!doctype html>{whole}".encode(errors="replace"), status, _headers(), media_type="text/html; charset=utf-8"
    )


def _headers() -> dict[str, str]:
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return {
        "cache-control": "no-store",
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{style}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        # not no-referrer: browsers then send `Origin: null` with our own forms
        "referrer-policy": "same-origin",
    }


def routes_of(
    frame: Callable[[], Frame],
    table: Iterable[tuple[str, str, Endpoint]],
    *,
    refusals: tuple[type[Exception], ...] = (),
) -> list[Route]:
    """``(method, path, endpoint)`` as guarded routes; exceptions in ``refusals`` are shown to the person."""
    return [Route(path, _guarded(frame, endpoint, refusals), methods=[method]) for method, path, endpoint in table]


def _guarded(frame: Callable[[], Frame], endpoint: Endpoint, refusals: tuple[type[Exception], ...]) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            _check_sender(request)
            return await endpoint(request)
        except PageError as exc:
            message, status = exc.message, exc.status
        except refusals as exc:
            message, status = str(exc), 409
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        heading = HTTPStatus(status).phrase
        back = el("p", link("Back to the orders", "/"))
        return page(
            frame(),
            heading,
            el("h1", "That did not work"),
            el("div", el("p", message), back, class_="panel bad"),
            status=status,
        )

    return answer


def _check_sender(request: Request) -> None:
    """Raises :class:`PageError` unless the request came from this machine's browser, a form from our own page."""
    host = request.headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    if name not in ("127.0.0.1", "localhost", "::1"):
        raise PageError("These pages are for this machine alone: open them at 127.0.0.1.", status=403)
    if request.method != "POST":
        return
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    ours = origin in (None, f"http://{host}") and site in (None, "same-origin")
    if not ours or (origin is None and site is None):  # every browser of today sends one of them
        raise PageError("This form was not sent by a page of this server (scripts use /control).", status=403)
