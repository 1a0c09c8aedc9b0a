"""A selling point: one restaurant in Sinqro, with the rules its orders follow here."""

from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from app.domain.status import OrderType
from app.domain.times import zone_of


class InjectOn(StrEnum):
    """When an order enters the POS."""

    ARRIVAL = "arrival"
    ACCEPTANCE = "acceptance"


class TaxRegime(StrEnum):
    """Which tax the restaurant's prices contain."""

    IVA = "iva"
    IGIC = "igic"
    IPSI = "ipsi"
    OTHER = "other"


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what people write into the configuration: an unknown name is a typing mistake and said so."""


class AutoAccept(Rules, frozen=True, kw_only=True):
    """Accept by itself: for one channel (``*`` all) and these types (empty: all), with the minutes to promise."""

    channel: str = "*"
    order_types: tuple[OrderType, ...] = ()
    minutes: int = 20

    def matches(self, channel: str, order_type: OrderType) -> bool:
        """Whether this rule speaks of such an order."""
        return self.channel in ("*", channel) and (not self.order_types or order_type in self.order_types)


class PaymentRule(Rules, frozen=True, kw_only=True):
    """Maps a channel's payment to the POS's payment method; ``*`` and a missing ``prepaid`` match all."""

    pos_method: str
    channel: str = "*"
    method: str = "*"
    prepaid: bool | None = None

    def matches(self, channel: str, method: str, prepaid: bool) -> bool:
        """Whether this rule speaks of such a payment (method names compare without case)."""
        return (
            self.channel in ("*", channel)
            and self.method.casefold() in ("*", method.casefold())
            and self.prepaid in (None, prepaid)
        )


class SellingPoint(Rules, frozen=True, kw_only=True):
    """One restaurant: its id in Sinqro (as text), its zone, and the rules for its orders."""

    id: str
    name: str = ""
    timezone: str = "Europe/Madrid"
    tax_regime: TaxRegime = TaxRegime.IVA
    inject_on: InjectOn | None = None
    """``None``: what the POS is made for (arrival where it can hold an order as *to be accepted*)."""
    auto_accept: tuple[AutoAccept, ...] = ()
    payments: tuple[PaymentRule, ...] = ()
    accept_minutes: dict[str, float] = {}
    """Minutes to answer by channel where the order carries no ``acceptBy``; 3 for others."""
    lead_minutes: float = 45
    """A scheduled order enters the POS so long before it is wanted."""
    scheduled_after_minutes: float = 90
    """An order wanted later than this from now counts as scheduled."""
    inject_scheduled_at_once: bool = False
    confirm_twice: tuple[str, ...] = ()
    """Channels that want a scheduled order accepted a second time when it is due."""
    poll_open_seconds: float = 3
    poll_idle_seconds: float = 20
    close_when_pos_unreachable_minutes: float | None = None
    """Close on Sinqro while the POS has been away longer than this; ``None``: never."""
    menu_minutes: float = 60
    """The POS's menu is read so often, besides each early morning and whenever the POS says that it changed."""
    take_over_silent: bool = False
    """Take over by itself when the active installation has been silent for 60 s."""
    webhook_secret_required: bool = True

    @property
    def zone(self) -> ZoneInfo:
        """The IANA zone."""
        return zone_of(self.timezone)

    def accept_window(self, channel: str) -> timedelta:
        """How long the channel waits for an answer where it sends no deadline."""
        return timedelta(minutes=self.accept_minutes.get(channel, 3))

    def auto_accept_for(self, channel: str, order_type: OrderType) -> AutoAccept | None:
        """The first rule that accepts such an order by itself."""
        return next((rule for rule in self.auto_accept if rule.matches(channel, order_type)), None)

    def pos_payment(self, channel: str, method: str, prepaid: bool) -> str | None:
        """The POS's payment method; ``None`` when nothing maps it: the order goes in unpaid and flagged."""
        return next((rule.pos_method for rule in self.payments if rule.matches(channel, method, prepaid)), None)
