"""The language of the screen: as the settings say, else the system's, else English."""

from importlib import resources

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

LANGUAGES = ("en", "es")


def choose(wanted: str) -> QLocale:
    """The locale for a wish like ``es`` or ``es_ES``; empty: the system's."""
    return QLocale(wanted) if wanted else QLocale.system()


def install(application: QCoreApplication, wanted: str) -> QTranslator:
    """Use a language from now on; the translator lives as long as the application."""
    locale = choose(wanted)
    language = QLocale.languageToCode(locale.language())
    translator = QTranslator(application)
    found = resources.files("resources") / "translations" / f"{language if language in LANGUAGES else 'en'}.qm"
    with resources.as_file(found) as path:
        translator.load(str(path))
    QLocale.setDefault(locale)
    application.installTranslator(translator)
    return translator
