"""Colours, fonts and icons: the contrasts are computed again, figures are as wide as each other, icons draw."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QFontMetrics

from app.ui.answers import TrayState
from app.ui.style import style_sheet
from app.ui.theme import Look, Theme, load_tokens
from app.ui.tray_icon import SIZES, tray_icon

TOKENS = load_tokens()
ICONS = Path(__file__).parents[2] / "resources" / "icons"
THEMES = ("light", "dark")


def luminance(color: QColor) -> float:
    values = (color.redF(), color.greenF(), color.blueF())
    channels = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def theme_of(name: str) -> Theme:
    return Theme(tokens=TOKENS, dark=name == "dark")


@pytest.mark.parametrize("name", THEMES)
def test_texts_can_be_read(qapp: object, name: str) -> None:
    theme = theme_of(name)
    pairs = TOKENS["contrast"]["text"][name]
    assert len(pairs) > 30
    for pair in pairs:
        found = contrast(theme.color(pair["text"]), theme.color(pair["on"]))
        assert found >= 4.5, pair
        assert found == pytest.approx(pair["ratio"], abs=0.01), pair


@pytest.mark.parametrize("name", THEMES)
def test_borders_and_icons_can_be_seen(qapp: object, name: str) -> None:
    theme = theme_of(name)
    for pair in TOKENS["contrast"]["parts"][name]:
        assert contrast(theme.color(pair["part"]), theme.color(pair["on"])) >= 3, pair


def test_both_themes_name_the_same_colours() -> None:
    assert TOKENS["color"]["light"].keys() == TOKENS["color"]["dark"].keys() == TOKENS["color"]["use"].keys()


@pytest.mark.parametrize("name", THEMES)
def test_the_sheet_knows_all_its_colours(qapp: object, name: str) -> None:
    sheet = style_sheet(theme_of(name))
    assert "@" not in sheet
    assert theme_of(name).hex("surface") in sheet


@pytest.mark.parametrize("role", ["body", "code", "code_detail", "minutes", "note"])
def test_figures_are_equally_wide(qapp: object, role: str) -> None:
    if not QFontDatabase.families():
        pytest.skip("no font here")
    metrics = QFontMetrics(theme_of("light").font(role))
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1


def test_letters_grow_and_stay_readable(qapp: object) -> None:
    large = Theme(tokens=TOKENS, dark=False, scale=1.3)
    assert large.font("body").pixelSize() == 21
    assert theme_of("light").font("note").pixelSize() == 14
    assert theme_of("light").font("note_strong").weight() > theme_of("light").font("note").weight()


@pytest.mark.parametrize("path", sorted(ICONS.glob("*.svg")), ids=lambda path: path.stem)
def test_icons_draw(look: Look, path: Path) -> None:
    root = ET.parse(path).getroot()
    assert root.get("viewBox") == "0 0 24 24"
    assert root.find("{http://www.w3.org/2000/svg}text") is None, "fonts differ: the count is painted"
    image = look.pixmap(path.stem, "ink", 24).toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))


def test_icons_take_the_colour(look: Look) -> None:
    image = look.pixmap("cross", "danger", 48).toImage()
    colors = {
        image.pixelColor(x, y).name() for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 250
    }
    assert look.theme.hex("danger").lower() in colors


def test_every_tray_state_has_its_own_shape(look: Look) -> None:
    outlines = set()
    for state in TrayState:
        icon = tray_icon(look, state, count=3)
        assert {(size.width(), size.height()) for size in icon.availableSizes()} == {(size, size) for size in SIZES}
        image = icon.pixmap(24, 24).toImage()
        pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        outlines.add(tuple((pixel.alpha() > 128, pixel.lightness() > 160) for pixel in pixels))  # no colour in it
    assert len(outlines) == len(TrayState)


def test_count_frame_and_badge_show(look: Look) -> None:
    def image(**how: object) -> bytes:
        picture = tray_icon(look, TrayState.NEW, **how).pixmap(32, 32).toImage()  # type: ignore[arg-type]
        return bytes(picture.constBits())

    shown = [image(count=1), image(count=9), image(count=10), image(count=11), image(count=1, second=True)]
    assert shown[2] == shown[3], "nine is the most that is counted"
    assert len(set(shown)) == 4
    assert image(count=1, sandbox=True) != image(count=1)


def test_a_change_of_the_system_is_followed(look: Look) -> None:
    before = look.theme.hex("bg")
    told: list[bool] = []
    look.changed.connect(lambda: told.append(True))
    look.set_dark(True)
    assert told
    assert look.theme.dark
    assert look.theme.hex("bg") != before
