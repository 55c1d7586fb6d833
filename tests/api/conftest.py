"""Whoever calls the exam API, in the world of `exam_world.py`."""

from collections.abc import Iterator

import pytest

from tests.api.exam_world import EXAM_WORLD
from tests.support import Vendor, running


@pytest.fixture
def anyone() -> Iterator[Vendor]:
    """Nobody in particular, until `as_` says who."""
    with running(EXAM_WORLD) as application:
        yield Vendor(application)


@pytest.fixture
def lea(anyone: Vendor) -> Vendor:
    """The gérante of an école that may take more places than any test does."""
    return anyone.as_("lea")


@pytest.fixture
def max_(anyone: Vendor) -> Vendor:
    """The gérant of another école, with few places."""
    return anyone.as_("max")
