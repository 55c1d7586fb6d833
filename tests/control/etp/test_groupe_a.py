from collections import Counter
from collections.abc import Iterator

import pytest

from tests.api.exam_world import advance
from tests.control.etp.support import (
    EXAMENS_OF_A,
    HUGO,
    LECONS_OF_A,
    MAUD,
    NIGHT,
    SIMULATOR,
    by_number,
    etp_of,
    etp_read,
    explained,
    gathered,
    heures_of,
    rows_of,
    seuil_in,
    written,
)
from tests.support import Vendor, running


@pytest.fixture(scope="module")
def example_a() -> Iterator[Vendor]:
    """The world of the example right after the night."""
    with running(written(LECONS_OF_A, EXAMENS_OF_A)) as application:
        advance(Vendor(application), to=NIGHT)
        yield Vendor(application).as_("lea")


def test_the_night_finds_the_etp_of_example_a(example_a: Vendor) -> None:
    found = etp_read(example_a, "2026-05", "A")

    assert (found["etp"], by_number(found)) == (0.6, {HUGO: 0.6, MAUD: 0.0, SIMULATOR: 0.0})
    assert etp_of(example_a, "2026-05", "B") == 0.0


def test_example_a_gives_a_seuil_of_two(example_a: Vendor) -> None:
    found = seuil_in(example_a, "085", "2026-05", "A")

    assert (found["etp"], found["seuil"], found["plafond"]) == (0.6, 2, 3)


def test_each_lecon_of_example_a_counts_as_in_the_table(example_a: Vendor) -> None:
    body = explained(example_a, "2026-05", "A")

    assert rows_of(example_a, body) == {
        "six": (120.0, 120.0, Counter({None: 60})),
        "sept": (14.0, 12.0, Counter({None: 6, "GROUPE_TROP_GRAND": 1})),
        "trois": (120.0, 120.0, Counter({None: 60})),
        "quatre": (6.0, 4.5, Counter({None: 3, "GROUPE_TROP_GRAND": 1})),
        "cours": (20.0, 4.0, Counter({None: 4, "THEORIE_DEJA_COMPTEE": 16})),
        "deux": (4.0, 4.0, Counter({None: 2})),
        "troisième": (1.5, 0.0, Counter({"CHEVAUCHEMENT": 1})),
    }
    assert heures_of(body) == gathered(body) == {HUGO: 273.5}
    assert sum(one["heures"] for one in body["accompagnements"]) == 9.0
