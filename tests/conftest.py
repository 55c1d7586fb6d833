"""Fixtures of all tests."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from rdv_mock.serving.app import Application
from tests.support import CHECKED, Vendor, running

settings.register_profile("rdv-mock", deadline=None)
settings.load_profile("rdv-mock")
"""A busy machine is no fault of what is tested: speed is what `make bench` measures."""

settings.register_profile(
    "mutants",
    settings.get_profile("rdv-mock"),
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
"""`make mutants` tries the same examples for each mutant, and wants no smallest counterexample."""


@pytest.fixture(autouse=True, scope="session")
def _own_settings() -> Iterator[None]:
    """None from outside; in all tests, no answer may leave the document."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in list(os.environ):
            if name.startswith("RDV_MOCK_"):
                monkeypatch.delenv(name)
        for name, value in CHECKED.items():
            monkeypatch.setenv(name, value)
        yield


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
