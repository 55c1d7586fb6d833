"""Fixtures of the tests of journal."""

from collections.abc import Iterator

import pytest

from rdv_mock.settings import Settings
from tests.control.journal.support import FORMATEURS, LARGEST, SIMULATEURS
from tests.support import CONTRATS, Vendor, contrat, running


@pytest.fixture
def sparing() -> Iterator[Vendor]:
    """Léa, in a server that keeps 16 KiB of a body."""
    with running(settings=Settings(journal_bodies=LARGEST)) as application:
        yield Vendor(application).as_("lea")


@pytest.fixture
def busy(lea: Vendor) -> Vendor:
    """A world where a few calls were made."""
    lea.get(FORMATEURS)
    lea.as_("max").get(SIMULATEURS)
    lea.post(CONTRATS, json=contrat())
    lea.post(CONTRATS, json=contrat())
    Vendor(lea.application).get(FORMATEURS)
    lea.get("/inconnu")
    return lea
