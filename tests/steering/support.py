"""What the tests of steering share."""

from typing import Any

from rdv_mock.errors import Refusal
from rdv_mock.scenario.source import Source
from tests.support import instant

START = instant("2026-03-10T08:00:00Z")
"""When the small world begins."""
ISSUER = "http://mock.test/realms/formation"


def source(**content: Any) -> Source:
    """A scenario, or a fragment of one."""
    return Source(content)


def fields_of(refusal: Refusal) -> list[str]:
    """The parameters that a refusal complains of."""
    return [detail.champ for detail in refusal.details]
