"""Resets and other scenarios, where worlds outlive the server."""

import pytest

from rdv_mock.errors import Refusal
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.support import (
    Vendor,
)
from tests.worlds.machine import (
    OTHER,
    START,
    YAML,
    Machine,
    again,
    arm,
    clock_of,
    declare,
    lecons_of,
)


def test_a_reset_works_after_a_restart_and_lasts(machine: Machine) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)
        anyone.post("/_mock/clock/advance", json={"by": "P1D"})
        arm(anyone, status=500)
    machine.scenario.unlink()
    with machine.running() as anyone:
        assert anyone.post("/_mock/reset").status_code == 204
        lea = anyone.as_("lea")
        machine.kill()

        with machine.running() as later:
            assert clock_of(later) == (START, True)
            assert later.get("/_mock/incidents").json() == []
            assert len(lecons_of(again(lea, later))) == 2


@pytest.mark.parametrize(
    ("scope", "lecons", "now", "token"),
    [
        ("all", 2, START, 401),
        ("state", 2, "2026-03-10T08:01:00Z", 200),
        ("clock", 3, START, 200),
        ("journal", 3, "2026-03-10T08:01:00Z", 200),
    ],
)
def test_what_a_reset_takes_back_is_taken_back_on_disk(
    machine: Machine, scope: str, lecons: int, now: str, token: int
) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        declare(lea, 8)
        anyone.post("/_mock/clock/advance", json={"by": "PT1M"})
        anyone.post(f"/_mock/reset?scope={scope}")
        assert clock_of(anyone) == (now, True)
        machine.kill()

        with machine.running() as later:
            assert clock_of(later) == (now, True)
            assert again(lea, later).get("/api/v1/livret-numerique/formateurs").status_code == token
            assert len(lecons_of(later.as_("lea"))) == lecons


def test_a_world_that_became_another_one_stays_that_one(machine: Machine) -> None:
    with machine.running() as anyone:
        assert anyone.put("/_mock/scenario", content=OTHER, headers=YAML).status_code == 200
        assert machine.names() == {"state.sqlite", "pristine-2.sqlite"}
        anyone.patch("/_mock/state", json={"title": "Changé"})
    for scenario in (str(machine.scenario), "sans-nom"):
        with machine.running(scenario=scenario) as anyone:
            assert anyone.world.settings.title == "Changé"
    with machine.running() as anyone:
        anyone.post("/_mock/reset")
        assert anyone.world.settings.title == "Autre"
        assert clock_of(anyone) == ("2027-01-01T00:00:00Z", True)


def test_a_scenario_is_read_only_into_an_empty_folder(machine: Machine) -> None:
    with machine.running():
        pass
    machine.scenario.write_text(OTHER)
    with machine.running() as anyone:
        assert anyone.world.settings.title == "Une école, un élève"


def test_another_scenario_than_the_stored_one_is_refused(machine: Machine) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)
    before = machine.file().read_bytes()

    problem = machine.problem(scenario="panier_plein")

    assert problem == (
        f"{machine.data} goes on with the scenario 'petit', not 'panier_plein';"
        " give `--scenario petit`, or `--reset` to start anew"
    )
    assert machine.file().read_bytes() == before


def test_a_folder_can_be_started_anew(machine: Machine) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        anyone.post("/_mock/worlds", json={"name": "autre"})
    (machine.data / "LISEZMOI").touch()

    with machine.running(scenario="panier_plein", reset=True) as anyone:
        assert anyone.world.settings.scenario == "panier_plein"
        assert [one["name"] for one in anyone.get("/_mock/worlds").json()] == ["principal"]
        assert again(lea, anyone).get("/api/v1/livret-numerique/formateurs").status_code == 401

    assert {path.name for path in machine.data.iterdir()} == {"LISEZMOI", "lock", "worlds"}
    with machine.running(scenario="panier_plein"):
        pass


def test_a_bad_scenario_takes_nothing_away(machine: Machine) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)
    machine.scenario.write_text("title: [")

    with pytest.raises(Refusal), machine.running(reset=True):
        pass

    with machine.running() as anyone:
        assert len(lecons_of(anyone.as_("lea"))) == 3


def test_without_a_folder_nothing_is_written(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(machine.tmp_path)
    monkeypatch.setenv("RDV_MOCK_DATA", "")
    scenario = str(machine.scenario)
    for settings in (Settings(scenario=scenario), Settings(scenario=scenario, data=None)):
        application = create_application(settings)
        application.load()
        Vendor(application).as_("lea")
        application.close()

    assert list(machine.tmp_path.iterdir()) == [machine.scenario]
