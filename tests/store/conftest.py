"""Fixtures of the tests of the store."""

from collections.abc import Iterator

import pytest

from rdv_mock.store import Store
from tests.support import build_store


@pytest.fixture
def store() -> Iterator[Store]:
    """The state of the small world."""
    store = build_store()
    yield store
    store.close()


@pytest.fixture
def ids(store: Store) -> dict[str, str]:
    """The ids behind the refs of the small world."""
    return dict(store.references.by_ref())
