"""The style sheet of all windows: what QSS can do of the design, by the ``kind`` property of each widget."""

from typing import Protocol

_SHEET = """
QWidget { color: @ink; }
QWidget#window, QWidget#lane { background: @bg; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QListView { background: @bg; border: none; outline: none; }
QListView#exceptions { background: @surface; }
QToolTip { background: @surface; color: @ink; border: 1px solid @edge; }
QMenu { background: @surface; border: 1px solid @edge; border-radius: 6px; padding: 4px 0; }
QMenu::item { min-height: 40px; padding: 4px 24px 4px 12px; }
QMenu::item:selected { background: @accentSoft; color: @ink; }
QMenu::item:disabled { color: @ink2; }
QMenu::icon { padding-left: 12px; }
QMenu::separator { height: 1px; background: @line; }

QFrame#header, QFrame#subheader { background: @surface; border: none; border-bottom: 1px solid @line; }
QFrame#side { background: @surface; border: none; border-left: 1px solid @line; }
QFrame#panel { background: @surface; border: 2px solid @edge; border-radius: 8px; }
QFrame#panelLeft { background: @bg; border: none; border-right: 1px solid @line;
    border-top-left-radius: 6px; border-bottom-left-radius: 6px; }
QFrame#rule { background: @line; border: none; max-height: 1px; min-height: 1px; }
QFrame#card { background: @surface; border: 1px solid @line; border-radius: 8px; }
QFrame#ringing { background: @surface; border: 3px solid @new; border-radius: 8px; }
QFrame#ringingTop { background: @new; border: none; border-top-left-radius: 5px; border-top-right-radius: 5px; }
QFrame#ringingTop QLabel { color: @onNew; }
QFrame#empty { background: transparent; border: 2px dashed @line; border-radius: 8px; }
QFrame#empty QLabel { color: @ink2; }
QFrame#empty[kind="danger"] { border-color: @edge; }

QPushButton { background: @surface; color: @ink; border: 1px solid @edge; border-radius: 6px; padding: 0 8px;
    min-height: 46px; }
QPushButton:hover { background: @sunken; }
QPushButton:pressed { background: @line; }
QPushButton:disabled { border: 1px dashed @edge; color: @ink2; background: @surface; }
QPushButton[kind="accept"] { background: @ok; color: @onOk; border: none; min-height: 60px; }
QPushButton[kind="accept"]:pressed { border: 3px solid @onOk; }
QPushButton[kind="primary"] { background: @accent; color: @onAccent; border: none; min-height: 60px; }
QPushButton[kind="primary"]:pressed { border: 3px solid @onAccent; }
QPushButton[kind="danger"] { background: @danger; color: @onDanger; border: none; min-height: 60px; }
QPushButton[kind="save"] { background: @accent; color: @onAccent; border: none; min-height: 48px; padding: 0 12px; }
QPushButton[kind="save"]:pressed { border: 3px solid @onAccent; }
QPushButton[kind="tile"] { text-align: left; padding: 0 16px; }
QPushButton[kind="tile"]:checked { background: @accentSoft; border: 3px solid @accent; }
QPushButton[kind="pill"] { min-height: 46px; padding: 0 12px; }
QPushButton[kind="pill"]:checked { background: @accentSoft; border: 2px solid @accent; padding: 0 11px; }
QPushButton[kind="close"] { background: @closed; color: @onClosed; border: none; min-height: 60px; }
QPushButton[kind="reject"] { color: @danger; border: 1px solid @danger; }
QPushButton[kind="step"] { background: @accentSoft; color: @accent; border: 1px solid @accent; }
QPushButton[kind="link"] { background: transparent; color: @accent; border: none; min-height: 48px; }
QPushButton[kind="flat"] { background: transparent; border: none; min-height: 48px; }
QPushButton[kind="close"]:disabled, QPushButton[kind="save"]:disabled,
QPushButton[kind="accept"]:disabled, QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled,
QPushButton[kind="reject"]:disabled,
QPushButton[kind="step"]:disabled { background: @surface; color: @ink2; border: 1px dashed @edge; }
QPushButton[kind="preset"] { min-height: 58px; }
QPushButton[kind="stepper"] { min-height: 86px; min-width: 94px; }
QPushButton[kind="preset"]:checked, QPushButton[kind="choice"]:checked {
    background: @accentSoft; border: 3px solid @accent; }
QPushButton[kind="tall"] { min-height: 58px; }
QPushButton[kind="more"] { background: @sunken; color: @accent; border: none; }
QPushButton[kind="past"] { background: @okSoft; color: @ok; border: 1px solid @line; padding: 0 2px; }
QPushButton[kind="now"] { background: @accentSoft; color: @accent; border: 2px solid @accent; padding: 0 2px; }
QPushButton[kind="ahead"] { background: @surface; color: @ink2; border: 1px solid @line; padding: 0 2px; }
QPushButton[kind="ahead"]:enabled { color: @ink; border: 1px solid @edge; }
QPushButton[kind="choice"] { text-align: left; padding: 0 16px; min-height: 50px; border: 1px solid @line; }

QPushButton[kind="cell"] { background: @surface; border: none; border-right: 1px solid @line; border-radius: 0;
    text-align: left; min-height: 68px; padding: 0; }
QPushButton[kind="cell"][state="new"] { background: @new; }
QPushButton[kind="cell"][state="danger"] { background: @danger; }
QPushButton[kind="cell"][state="warn"] { background: @warn; }
QPushButton[kind="cell"][state="closed"] { background: @closedSoft; }
QPushButton[kind="cell"][state="info"] { background: @accentSoft; }
QPushButton[kind="tab"] { background: @surface; border: none; border-radius: 0; border-bottom: 4px solid @surface;
    min-height: 54px; padding: 0; }
QPushButton[kind="tab"]:checked { border-bottom: 4px solid @accent; }

QFrame#banner[state="danger"] { background: @dangerSoft; border: none; border-bottom: 1px solid @line; }
QFrame#banner[state="warn"] { background: @warnSoft; border: none; border-bottom: 1px solid @line; }
QFrame#banner[state="closed"] { background: @closedSoft; border: none; border-bottom: 1px solid @line; }
QFrame#banner[state="info"] { background: @accentSoft; border: none; border-bottom: 1px solid @line; }
QFrame#box[state="danger"], QFrame#panelTop[state="danger"] { background: @dangerSoft; }
QFrame#box[state="warn"], QFrame#panelTop[state="warn"] { background: @warnSoft; }
QFrame#box[state="ok"], QFrame#panelTop[state="ok"] { background: @okSoft; }
QFrame#box[state="closed"] { background: @closedSoft; }
QFrame#box[state="info"] { background: @accentSoft; }
QFrame#box { border: 1px solid @edge; border-radius: 6px; }
QFrame#panelTop { border: none; border-top-left-radius: 6px; border-top-right-radius: 6px; }
QFrame#comment { background: @surface; border: 1px solid @line; border-radius: 6px; }
QFrame#stepBox { background: @surface; border: 1px solid @line; border-radius: 6px; }
QFrame#sandbox { background: @sandbox; border: none; }
QFrame#sandbox QLabel { color: @onSandbox; }
QFrame#allergy { background: @allergy; border: 2px solid @onAllergy; border-radius: 4px; }
QFrame#allergy QLabel { color: @onAllergy; }
QLabel[tone="quiet"] { color: @ink2; }
QLabel[tone="new"] { color: @new; }
QLabel[tone="danger"] { color: @danger; }
QLabel[tone="onNew"] { color: @onNew; }
QLabel[tone="onDanger"] { color: @onDanger; }
QLabel[tone="onWarn"] { color: @onWarn; }
QLabel[tone="accent"] { color: @accent; }
QLabel#count { background: @sunken; border-radius: 4px; padding: 2px 9px; }
QLabel#count[state="new"] { background: @new; color: @onNew; }
QFrame#tag { background: @sunken; border: none; border-radius: 4px; }
QFrame#tag[state="warn"] { background: @warnSoft; }
QFrame#tag[state="info"] { background: @accentSoft; }
QFrame#editor { background: @surface; border: 2px solid @accent; border-radius: 8px; }
QFrame#day { border: none; border-bottom: 1px solid @line; }
QLabel[tone="warnInk"] { color: @warnInk; }
QLabel#chip { border: 1px solid @ink; border-radius: 4px; padding: 0 3px; }

QComboBox { background: @surface; color: @ink; border: 1px solid @edge; border-radius: 6px; padding: 4px 10px; }
QComboBox:focus { border: 3px solid @accent; padding: 2px 8px; }
QComboBox::drop-down { border: none; width: 36px; }
QComboBox QAbstractItemView::item { min-height: 48px; padding: 0 10px; }
QComboBox QAbstractItemView { background: @surface; color: @ink; selection-background-color: @accentSoft;
    selection-color: @ink; border: 1px solid @edge; }
QLineEdit, QPlainTextEdit { background: @surface; color: @ink; border: 1px solid @edge; border-radius: 6px;
    padding: 4px 10px; min-height: 38px; selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit:focus, QPlainTextEdit:focus { border: 3px solid @accent; }
QScrollBar:vertical { background: @bg; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @edge; border-radius: 5px; min-height: 48px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


class Palette(Protocol):
    """Where colours come from."""

    def hex(self, name: str) -> str:
        """A colour as ``#rrggbb``."""
        ...


def style_sheet(palette: Palette) -> str:
    """The sheet in the palette's colours."""
    parts = _SHEET.split("@")
    styled = [parts[0]]
    for part in parts[1:]:
        end = next((at for at, char in enumerate(part) if not char.isalnum()), len(part))
        styled.append(palette.hex(part[:end]) + part[end:])
    return "".join(styled)
