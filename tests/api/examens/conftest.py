"""Who calls in the world of examens."""

from collections.abc import Iterator

import pytest

from tests.api.examens.acts import WORLD
from tests.support import Vendor, running


@pytest.fixture
def lea() -> Iterator[Vendor]:
    with running(WORLD) as application:
        yield Vendor(application).as_("lea")
