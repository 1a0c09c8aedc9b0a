"""The POS of a demo."""

import pytest

from app import cli


def test_an_odoo_without_its_key_is_asked_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ODOO_API_KEY", raising=False)
    assert cli.main(["demo", "--headless", "--pos", "odoo", "--url", "http://127.0.0.1:9"]) == 1
    assert "ODOO_API_KEY" in capsys.readouterr().err


def test_an_odoo_that_is_not_there_is_said_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODOO_API_KEY", "key")
    assert cli.main(["demo", "--headless", "--pos", "odoo", "--url", "http://127.0.0.1:9", "--orders", "1"]) == 1
    assert "does not answer" in capsys.readouterr().err
