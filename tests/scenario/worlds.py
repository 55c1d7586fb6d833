"""What the tests of scenarios share: how to load one, and how to look at all of a store."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.scenario.dump import dump_scenario
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import read_yaml
from rdv_mock.store import Store
from tests.support import SMALL, instant

NOW = instant("2026-03-10T08:00:00Z")

Load = Callable[[str], Store]
"""Makes the store of a scenario, and closes it when the test is over."""

BAIL = """\
baux:
  - {ref: b1, employe: lea, clientId: editeur-demo, debut: 2026-01-12T08:00:00Z}
"""

FULL = SMALL + BAIL
"""Every kind of object that a scenario can describe."""


def facts_of(store: Store) -> dict[str, list[Any]]:
    """Every fact of every table, in the order of arrival, which rules look at here and there."""
    return {table.name: list(table.all()) for table in store.tables}


def everything_of(store: Store) -> tuple[object, ...]:
    """All that a store holds, to the last counter."""
    return facts_of(store), store.settings(), store.counters()


def dump(store: Store) -> str:
    """The store as `GET /state` writes it."""
    return dump_scenario(store, now=NOW, frozen=True)


def details_of(refused: Callable[[], object]) -> Sequence[Detail]:
    """What a refusal of a scenario complains of."""
    with pytest.raises(Refusal) as refusal:
        refused()
    assert refusal.value.error is ApiError.SCENARIO_INVALIDE
    return refusal.value.details


def problems_of(text: str) -> Sequence[Detail]:
    """All that is wrong with a scenario."""
    return details_of(lambda: load_scenario(read_yaml(text), name="test", now=NOW))
