"""Languages: nothing unfinished, compiled as written, the words of the trade, and each window in Spanish."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication

from app.ui.language import LANGUAGES, install
from app.ui.words import tr

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_text_is_unfinished(tool: ModuleType) -> None:
    assert tool.faults() == []


def test_languages_are_those_that_there_are(tool: ModuleType) -> None:
    assert sorted(LANGUAGES) == tool.languages()


def test_places_for_parts_are_the_same_in_each_language(tool: ModuleType) -> None:
    for (text, _), forms in tool.read("es").items():
        for form in forms:
            assert sorted(re.findall(r"%\d|%n", form)) == sorted(re.findall(r"%\d|%n", text)), text


def test_an_order_is_a_pedido(tool: ModuleType) -> None:
    words = " ".join(form for forms in tool.read("es").values() for form in forms).lower()
    assert not re.search(r"\b(orden|órdenes|ordenes)\b", words)
    assert "pedido" in words


def test_spanish_and_its_plurals(qapp: QApplication) -> None:
    before = QLocale()
    translator = install(qapp, "es")
    try:
        assert tr("Accept") == "Aceptar"
        assert tr("%n orders", n=1) == "1 pedido"
        assert tr("%n orders", n=3) == "3 pedidos"
        assert tr("Ready") == "Listo"
        assert tr("Ready", about="lane") == "Listos"
        assert QLocale().language() == QLocale.Language.Spanish
    finally:
        QCoreApplication.removeTranslator(translator)
        QLocale.setDefault(before)


def test_another_language_falls_back_to_english(qapp: QApplication) -> None:
    before = QLocale()
    translator = install(qapp, "fi")
    try:
        assert tr("%n orders", n=1) == "1 order"
        assert tr("Accept") == "Accept"
    finally:
        QCoreApplication.removeTranslator(translator)
        QLocale.setDefault(before)
