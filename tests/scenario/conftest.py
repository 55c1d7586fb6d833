"""Fixtures of the tests of scenarios."""

from collections.abc import Iterator

import pytest

from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import read_yaml
from rdv_mock.store import Store
from tests.scenario.worlds import NOW, Load
from tests.support import SMALL


@pytest.fixture
def load() -> Iterator[Load]:
    """Makes stores, and closes them when the test is over."""
    stores: list[Store] = []

    def load(text: str) -> Store:
        stores.append(load_scenario(read_yaml(text), name="test", now=NOW))
        return stores[-1]

    yield load
    for store in stores:
        store.close()


@pytest.fixture
def small(load: Load) -> Store:
    """The small world that all tests know."""
    return load(SMALL)
