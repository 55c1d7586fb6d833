"""The client of the control plane, against a server in a thread."""

import re
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest

from rdv_mock.testing import Client, ControlError, running_server

MOI = "/api/v2/auto-ecole/moi"


@pytest.fixture(scope="module")
def server() -> Iterator[Client]:
    with running_server() as client:
        yield client


@pytest.fixture
def world(server: Client) -> Iterator[Client]:
    world = server.create_world()
    yield world
    server.drop_world(world.base_url.rpartition("/")[2])


def ask(world: Client, path: str, token: str) -> int:
    """The status of a call, as a vendor's program makes it."""
    headers = {"Authorization": f"Bearer {token}"}
    with urlopen(Request(world.base_url + path, headers=headers)) as answer:
        return int(answer.status)


def test_a_world_is_steered_from_its_making_to_its_end(server: Client) -> None:
    world = server.create_world("essai", scenario="panier_plein")

    assert world.base_url == f"{server.base_url}/w/essai"
    assert world.id_of("plesses")
    assert ask(world, MOI, world.token("lea")) == 200
    server.drop_world("essai")
    with pytest.raises(ControlError) as gone:
        world.token("lea")
    assert (gone.value.status, gone.value.code) == (404, "MONDE_INCONNU")


def test_a_world_may_begin_as_another_one_is_now(server: Client, world: Client) -> None:
    world.change(autoEcoles=[{"ref": "plesses", "nom": "Autrement"}])

    copy = server.create_world(from_=world.base_url.rpartition("/")[2])

    (auto_ecole,) = [one for one in _state(copy).split("- ref: ") if one.startswith("plesses\n")]
    assert "nom: Autrement" in auto_ecole
    server.drop_world(copy.base_url.rpartition("/")[2])


def _state(world: Client) -> str:
    with urlopen(f"{world.base_url}/_mock/state") as answer:
        text: str = answer.read().decode()
    return text


def test_time_passes_as_it_is_told_to(world: Client) -> None:
    world.set_clock("2026-03-12T09:00:00+01:00", frozen=True)

    events = world.advance("P20D")

    assert "ETP_CALCULE" in {event["type"] for event in events}
    assert re.search(r"now: .*2026-04-01", _state(world))


def test_what_was_kept_comes_back_and_a_reset_too(world: Client) -> None:
    world.keep("avant")
    before = world.call("GET", "/clock")

    world.set_clock("2026-03-12T09:00:00+01:00", frozen=True)
    world.go_back("avant")

    assert world.call("GET", "/clock")["now"][:16] == before["now"][:16]
    world.drop_snapshot("avant")
    assert world.call("GET", "/snapshots") == []
    world.load("panier_plein")
    world.reset()
    assert "Un panier plein" in _state(world)


def test_a_token_may_outlive_an_advance(world: Client) -> None:
    token = world.token("lea", expires_in=7_200)

    world.advance("PT1H")

    assert ask(world, MOI, token) == 200


def test_an_incident_strikes_and_the_journal_tells(world: Client) -> None:
    id_ = world.incident(operation="lireMonAutoEcole", headers={"X-Essai": "oui"})
    token = world.token("lea", "rdvpermis")

    ask(world, MOI, token)

    (entry,) = world.journal(operation="lireMonAutoEcole", wait=2)
    assert (entry["status"], entry["incident"]) == (200, id_)


def test_what_is_refused_is_told_with_its_details(world: Client) -> None:
    with pytest.raises(ControlError, match="INCIDENT_INVALIDE") as refused:
        world.incident(operation="lireMonAutoEcol")

    assert refused.value.status == 422
    assert refused.value.details[0]["champ"] == "operation"


def test_a_locked_control_plane_opens_to_who_has_the_token() -> None:
    with running_server(admin_token="clef") as client:
        assert client.token("lea")
        with pytest.raises(ControlError, match="JETON_ADMIN_INVALIDE"):
            Client(client.base_url).token("lea")


def test_the_state_is_read_whole_or_in_part(world: Client) -> None:
    assert world.state()["title"] == "Démonstration"
    assert world.state("lecons", "paniers").keys() == {"paniers", "lecons"}
    one = world.state("autoEcoles", auto_ecole="plesses")["autoEcoles"]
    assert [ecole["ref"] for ecole in one] == ["plesses"]


def test_a_provider_state_brings_a_token_and_ids(world: Client) -> None:
    values = world.provider_state("panier_plein", employe="lea", limits={"panier.capacite": 3})

    assert values["p1"] == values["refs"]["p1"]
    assert ask(world, MOI, values["token"]) == 200
    assert ask(world, MOI, world.provider_state(keepTokens=True)["token"]) == 200
    assert ask(world, MOI, values["token"]) == 200


def test_a_name_that_is_misspelt_is_told_with_the_one_that_was_meant(world: Client) -> None:
    with pytest.raises(ControlError, match="vouliez-vous dire « lea »"):
        world.token("lae")
