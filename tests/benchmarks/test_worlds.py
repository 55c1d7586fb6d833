from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

import pytest

from benchmarks.calls import FORMATEURS, OF_A_VENDOR, Kind, go_back, prove_limits, token_of
from benchmarks.client import drive
from benchmarks.figures import NotMeasured
from benchmarks.servers import Server, rdv_mock, serving
from benchmarks.worlds import CONTRATS, busy, crowded, demonstration, night, write
from rdv_mock.scenario.library import find_scenario, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.source import Source
from rdv_mock.store import Store
from tests.benchmarks.ports import any_port

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)


def load(scenario: object) -> Store:
    return load_scenario(Source(scenario), name="mesure", now=NOW)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    world = write(busy(64), tmp_path_factory.mktemp("worlds"), "busy")
    with serving(rdv_mock(world), any_port()) as server:
        yield server


@pytest.mark.parametrize("connections", [1, 16])
@pytest.mark.parametrize("kind", [*OF_A_VENDOR, FORMATEURS], ids=lambda kind: kind.label)
def test_every_call_is_answered_as_expected_and_again_once_the_world_has_gone_back(
    kind: Kind, connections: int, server: Server
) -> None:
    token = token_of(server)
    for _ in range(2):
        go_back(server)
        timing = drive(server.port, kind.make(token, range(64), connections))
        assert timing.calls == 64


def test_a_turn_goes_on_where_the_one_before_has_ended(server: Server) -> None:
    token = token_of(server)
    go_back(server)
    for kind in OF_A_VENDOR[:2]:
        for turn in (range(32), range(32, 64)):
            drive(server.port, kind.make(token, turn, 16))
        with pytest.raises(NotMeasured, match="was to answer 201"):
            drive(server.port, kind.make(token, range(1), 1))


def test_a_server_that_counts_no_calls_is_found_out(server: Server) -> None:
    prove_limits(server, token_of(server))
    go_back(server)


def test_lecons_go_round_all_contrats_and_never_meet() -> None:
    (sent,) = OF_A_VENDOR[0].make("token", range(CONTRATS * 3), 1)
    assert len({one.content for one in sent}) == CONTRATS * 3


def test_a_panier_is_as_empty_after_a_turn_as_before() -> None:
    calls = OF_A_VENDOR[3].make("token", range(64), 16)
    statuses = [one.status for one in chain.from_iterable(calls)]
    assert statuses == [201, 204] * 32


def test_the_demonstration_is_measured_as_its_file_says_it() -> None:
    found = find_scenario("demonstration", None)
    with_texts, as_it_is = (
        load(demonstration()),
        load_scenario(read_file(found.path), name="mesure", now=NOW),
    )
    assert list(with_texts.candidats.all()) == list(as_it_is.candidats.all())
    assert list(with_texts.creneaux.all()) == list(as_it_is.creneaux.all())
    with_texts.close()
    as_it_is.close()


def test_a_crowd_has_a_third_as_many_creneaux_as_candidats() -> None:
    invented = crowded(60_000)["invent"]
    per_centre = 12 * 17
    assert invented["candidats"] == 60_000
    assert 19_000 < (invented["centres"] + 5) * per_centre < 21_000


@pytest.mark.parametrize("scenario", [crowded(700), night(1, 2)])
def test_large_worlds_are_scenarios_like_any_other(scenario: object) -> None:
    store = load(scenario)
    assert list(store.candidats.all())
    store.close()
