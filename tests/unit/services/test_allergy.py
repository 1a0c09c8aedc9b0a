"""Allergies in customers' comments, in the languages of the table."""

import pytest

from app.services.allergy import AllergyFinder, load_finder


@pytest.fixture(scope="module")
def finder() -> AllergyFinder:
    return load_finder()


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("Alergia a los frutos secos, por favor.", ("frutos secos",)),
        ("ALÉRGICA AL MARISCO y a los Huevos", ("MARISCO", "Huevos")),
        ("Soy celíaco", ("celíaco",)),
        ("sin gluten por favor", ("gluten",)),
        ("Sóc al·lèrgic als fruits secs", ("fruits secs",)),
        ("Allergic to tree nuts and peanuts", ("tree nuts", "peanuts")),
        ("Tenho alergia a leite ou ovos", ("leite", "ovos")),
        ("Sono allergico al glutine", ("glutine",)),
        ("Nous avons une allergie aux œufs", ("œufs",)),
        ("Glutenfrei bitte, auch keine Nüsse", ("Nüsse",)),
        ("alergia grave, llamadme antes", ("alergia grave, llamadme antes",)),
    ],
)
def test_found(finder: AllergyFinder, comment: str, found: tuple[str, ...]) -> None:
    assert finder.find(comment) == found


@pytest.mark.parametrize(
    "comment", ["", "sin cebolla", "Llamad al timbre", "con leche y huevo", "poco hecho", "¡gracias! 🌶️"]
)
def test_not_found(finder: AllergyFinder, comment: str) -> None:
    assert finder.find(comment) == ()


def test_places_stay_right_behind_odd_letters(finder: AllergyFinder) -> None:
    assert finder.find("İıß 🥜 Ω alergia: cacahuetes") == ("cacahuetes",)
