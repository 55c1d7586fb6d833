"""Fixtures of all tests."""

import os
from collections.abc import Iterator

import pytest

from rdv_mock.app import Application
from tests.support import Vendor, running


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("RDV_MOCK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def application() -> Iterator[Application]:
    with running() as application:
        yield application


@pytest.fixture
def anyone(application: Application) -> Vendor:
    """Somebody without a token."""
    return Vendor(application)


@pytest.fixture
def lea(anyone: Vendor) -> Vendor:
    """The gérante of the école of the small world."""
    return anyone.as_("lea")
