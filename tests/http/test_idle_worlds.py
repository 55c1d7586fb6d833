from collections.abc import Iterator

import pytest

from rdv_mock.settings import Settings
from tests.support import Vendor, refusal_of, running


@pytest.fixture
def anyone() -> Iterator[Vendor]:
    """Somebody who calls a server that forgets worlds after ten minutes."""
    with running(settings=Settings(world_idle_minutes=10)) as application:
        yield Vendor(application)


def names(anyone: Vendor) -> list[str]:
    return [world["name"] for world in anyone.get("/_mock/worlds").json()]


def be_idle(anyone: Vendor, name: str, *, minutes: float) -> None:
    """Let nobody have called a world for so long."""
    anyone.application.server.worlds[name].last_used -= minutes * 60


def test_a_world_that_nobody_calls_is_forgotten(anyone: Vendor) -> None:
    for name in ("used", "idle"):
        anyone.post("/_mock/worlds", json={"name": name})

    be_idle(anyone, "used", minutes=9)
    be_idle(anyone, "idle", minutes=10.1)

    assert names(anyone) == ["principal", "used"]


def test_a_call_keeps_a_world_alive(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "essai"})
    be_idle(anyone, "essai", minutes=9)

    anyone.get("/w/essai/_mock/clock")
    be_idle(anyone, "essai", minutes=9)

    assert "essai" in names(anyone)


def test_the_world_without_prefix_is_never_forgotten(anyone: Vendor) -> None:
    be_idle(anyone, "principal", minutes=1_000)

    assert names(anyone) == ["principal"]


def test_worlds_are_kept_unless_the_settings_say_otherwise() -> None:
    with running() as application:
        anyone = Vendor(application)
        anyone.post("/_mock/worlds", json={"name": "essai"})
        be_idle(anyone, "essai", minutes=100_000)

        assert "essai" in names(anyone)


def test_a_call_does_not_wake_a_world_whose_time_is_over(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "essai"})
    be_idle(anyone, "essai", minutes=10.1)

    assert refusal_of(anyone.get("/w/essai/_mock/clock")) == (404, "MONDE_INCONNU")
    assert anyone.post("/_mock/worlds", json={"name": "essai"}).status_code == 201
