"""Fixtures of the tests of worlds."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from rdv_mock.facts.world import WorldSettings
from rdv_mock.store import Store
from tests.control.worlds.support import is_open


@pytest.fixture(autouse=True)
def _every_database_is_closed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    opened: list[Store] = []
    begin = Store.__init__

    def remember(store: Store) -> None:
        begin(store)
        opened.append(store)

    monkeypatch.setattr(Store, "__init__", remember)
    yield
    assert [store for store in opened if is_open(store)] == []


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Store]:
    """The stores that are built from a scenario, not copied."""
    stores: list[Store] = []
    build = Store.new

    def remember(settings: WorldSettings, *, now: datetime) -> Store:
        stores.append(build(settings, now=now))
        return stores[-1]

    monkeypatch.setattr(Store, "new", remember)
    return stores
