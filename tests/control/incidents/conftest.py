"""Fixtures of the tests of incidents."""

from collections.abc import Iterator

import pytest

from tests.support import SMALL, Vendor, running


@pytest.fixture
def max_(anyone: Vendor) -> Vendor:
    """An employé of another école."""
    return anyone.as_("max")


@pytest.fixture
def limited() -> Iterator[Vendor]:
    """A world in which an employé has two calls a minute."""
    limits = "limits: {debit.actif: true, debit.parEmploye: 2}\n"
    with running(SMALL + limits) as application:
        yield Vendor(application)
