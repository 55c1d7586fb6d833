"""What a server finds again in its data folder when it starts."""

from collections.abc import Sequence
from datetime import timedelta
from time import sleep
from typing import Any

import pytest

from rdv_mock.chance import seeded_id
from rdv_mock.http.signer import KEY_BITS
from tests.support import (
    CONTRATS,
    LIVRET,
    SMALL,
    Vendor,
    lecon,
    refusal_of,
)
from tests.worlds.machine import (
    RUNNING,
    START,
    Machine,
    Watch,
    again,
    arm,
    clock_of,
    declare,
    lecons_of,
)


def test_what_was_answered_is_there_and_ids_and_tokens_go_on(machine: Machine) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        first = declare(lea, 8)
        machine.kill()

        with machine.running() as anyone_later:
            lea_later = again(lea, anyone_later)
            assert first in lecons_of(lea_later)
            second = declare(lea_later, 9)

    assert [first, second] == [seeded_id(7, "lecons", f"#{number}") for number in (1, 2)]


def test_a_call_that_was_refused_has_left_nothing(machine: Machine) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        before = lecons_of(lea)
        declare(lea, 8)
        refused = lea.post(f"{CONTRATS}/{lea.id_of('k1')}/lecons", json=lecon(dureeEnMinutes=5))
        assert refusal_of(refused) == (422, "DUREE_INVALIDE")
        machine.kill()

        with machine.running() as anyone_later:
            assert len(lecons_of(again(lea, anyone_later))) == len(before) + 1


def test_a_server_that_is_told_to_stop_leaves_whole_files(machine: Machine) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)

    assert {path.name for path in machine.file().parent.iterdir()} == {
        "state.sqlite",
        "pristine-1.sqlite",
    }
    with machine.running() as anyone:
        assert len(lecons_of(anyone.as_("lea"))) == 3


def test_a_frozen_clock_stands_and_a_running_one_goes_on_with_real_time(machine: Machine) -> None:
    watch = Watch()
    machine.scenario.write_text(RUNNING)
    with machine.running(real=watch) as anyone:
        anyone.post("/_mock/worlds", json={"name": "figee"})
        anyone.put("/w/figee/_mock/clock", json={"frozen": True})
        machine.kill()
        watch.shows += timedelta(days=1, hours=2)

        with machine.running(real=watch) as later:
            assert clock_of(later) == ("2026-03-11T10:00:00Z", False)
            assert clock_of(Vendor(later.application, "/w/figee")) == (START, True)


def test_a_world_does_not_go_back_in_time_when_the_clock_of_its_host_was_set_back(
    machine: Machine,
) -> None:
    watch = Watch()
    machine.scenario.write_text(RUNNING)
    with machine.running(real=watch) as anyone:
        watch.shows += timedelta(hours=3)
        assert clock_of(anyone) == ("2026-03-10T11:00:00Z", False)
    watch.shows -= timedelta(days=2)

    with machine.running(real=watch) as later:
        assert clock_of(later) == ("2026-03-10T11:00:00Z", False)
        watch.shows += timedelta(minutes=1)
        assert clock_of(later) == ("2026-03-10T11:01:00Z", False)


def test_one_whose_server_was_killed_is_not_before_what_has_happened_in_it(
    machine: Machine,
) -> None:
    watch = Watch()
    machine.scenario.write_text(RUNNING)
    with machine.running(real=watch) as anyone:
        anyone.post("/_mock/clock/advance", json={"by": "P30D"})
        machine.kill()
        watch.shows -= timedelta(days=300)

        with machine.running(real=watch) as later:
            assert clock_of(later) == ("2026-04-09T08:00:00Z", False)


def test_time_that_was_let_pass_stays_so_with_all_that_happened(machine: Machine) -> None:
    machine.scenario.write_text(
        SMALL + "baux: [{ref: b1, employe: lea, clientId: editeur-demo,"
        " debut: 2026-01-12T08:00:00Z}]\n"
    )
    with machine.running() as anyone:
        anyone.post("/_mock/clock/advance", json={"to": "2026-05-01T00:00:00Z"})
        machine.kill()

        with machine.running() as later:
            assert clock_of(later) == ("2026-05-01T00:00:00Z", True)
            assert later.world.store.baux.get(later.id_of("b1")).termine
            bad = later.put("/_mock/clock", json={"now": "2026-04-01T00:00:00Z"})
            assert refusal_of(bad) == (422, "HORLOGE_EN_ARRIERE")


def test_time_and_what_it_brings_are_written_together(machine: Machine) -> None:
    with machine.running() as anyone:
        written: list[str] = []
        anyone.world.store.sql.set_trace_callback(written.append)
        anyone.post("/_mock/clock/advance", json={"by": "P90D"})
        anyone.world.store.sql.set_trace_callback(None)

    assert [statement for statement in written if statement == "COMMIT"] == ["COMMIT"]


def test_incidents_come_back_with_what_they_have_counted(machine: Machine) -> None:
    failing = {"operation": "listerFormateurs", "error": "SERVICE_INDISPONIBLE"}
    with machine.running() as anyone:
        arm(anyone, method="DELETE", status=418, headers={"X-A": "b"}, body={"a": [1, None, "é"]})
        gone = arm(anyone, status=500)
        anyone.delete(f"/_mock/incidents/{gone}")
        arm(anyone, **failing, after=1, times=2)
        path = "/api/v1/livret-numerique/formateurs"
        lea = anyone.as_("lea")
        assert [lea.get(path).status_code for _ in range(2)] == [200, 503]
        armed = anyone.get("/_mock/incidents").json()
        machine.kill()

        with machine.running() as later:
            assert later.get("/_mock/incidents").json() == armed
            lea_later = again(lea, later)
            assert [lea_later.get(path).status_code for _ in range(2)] == [503, 200]
            assert arm(later, status=500) == "incident-4"
            later.delete("/_mock/incidents")
            machine.kill()

            with machine.running() as last:
                assert last.get("/_mock/incidents").json() == []
                assert arm(last, status=500) == "incident-5"


def test_spent_incidents_come_back_spent(machine: Machine) -> None:
    with machine.running() as anyone:
        arm(anyone, status=500, times=1)
        arm(anyone, status=502, times=2)
        lea = anyone.as_("lea")
        assert [lea.get(f"{LIVRET}/formateurs").status_code for _ in range(2)] == [500, 502]
        known = anyone.get("/_mock/incidents").json()
        machine.kill()

        with machine.running() as later:
            assert later.get("/_mock/incidents").json() == known
            assert [one["restants"] for one in known] == [0, 1]
            again(lea, later).get(f"{LIVRET}/formateurs")
            machine.kill()

            with machine.running() as last:
                listed = last.get("/_mock/incidents").json()
                assert [one["epuise"] for one in listed] == [True, True]


def test_a_call_that_is_struck_does_not_write_spent_incidents_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        arm(anyone, status=500, times=1)
        arm(anyone, status=502, times=2)
        lea.get(f"{LIVRET}/formateurs")
        written: list[int] = []

        def count(spent: Sequence[object]) -> str:
            written.append(len(spent))
            return "[]"

        monkeypatch.setattr("rdv_mock.worlds.contents.write_spent", count)

        assert [lea.get(f"{LIVRET}/formateurs").status_code for _ in range(2)] == [502, 502]

        assert written == [2]  # once, when the second one was spent


def test_a_world_that_was_made_with_a_clock_is_reset_to_it_after_a_restart(
    machine: Machine,
) -> None:
    clock = {"now": "2026-03-12T08:00:00Z", "frozen": False}
    with machine.running() as anyone:
        assert anyone.post("/_mock/worlds", json={"name": "un", "clock": clock}).status_code == 201
        machine.kill()

        with machine.running() as later:
            world = Vendor(later.application, "/w/un")
            world.put("/_mock/clock", json={"now": "2026-04-12T08:00:00Z", "frozen": True})

            assert world.post("/_mock/reset").status_code == 204

            now, frozen = clock_of(world)
            assert now.startswith("2026-03-12T08:00:0")
            assert not frozen


def test_an_incident_of_the_scenario_is_armed_once(machine: Machine) -> None:
    machine.scenario.write_text(SMALL + "incidents: [{status: 500, times: 1}]\n")
    with machine.running() as anyone:
        assert anyone.get("/api/v1/livret-numerique/formateurs").status_code == 500
    with machine.running() as anyone:
        assert anyone.get("/api/v1/livret-numerique/formateurs").status_code == 401

        anyone.post("/_mock/reset?scope=incidents")
        machine.kill()
        with machine.running() as later:
            assert later.get("/api/v1/livret-numerique/formateurs").status_code == 500


def test_snapshots_come_back_in_their_order_and_one_can_go_back_to_them(machine: Machine) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        anyone.post("/_mock/snapshots", json={"name": "avant"})
        declare(lea, 8)
        anyone.post("/_mock/snapshots", json={"name": "apres"})
        anyone.post("/_mock/clock/advance", json={"by": "P1D"})
        anyone.post("/_mock/snapshots", json={"name": "avant"})
        snapshots = anyone.get("/_mock/snapshots").json()
        difference = anyone.get("/_mock/snapshots/apres/diff/avant").json()
        machine.kill()

        with machine.running() as later:
            assert [one["name"] for one in snapshots] == ["apres", "avant"]
            assert later.get("/_mock/snapshots").json() == snapshots
            assert later.get("/_mock/snapshots/apres/diff/avant").json() == difference
            later.post("/_mock/reset")
            assert later.put("/_mock/snapshots/apres").status_code == 204
            assert clock_of(later) == (START, True)
            assert len(lecons_of(later.as_("lea"))) == 3
            machine.kill()

            with machine.running() as last:
                assert clock_of(last) == (START, True)
                assert len(lecons_of(last.as_("lea"))) == 3
                assert last.get("/_mock/snapshots").json() == snapshots


def test_a_snapshot_that_is_kept_anew_leaves_no_file_of_the_old_one(machine: Machine) -> None:
    with machine.running() as anyone:
        for _ in range(2):
            anyone.post("/_mock/snapshots", json={"name": "ici"})

        assert machine.names() == {"state.sqlite", "pristine-1.sqlite", "snapshot-2.sqlite"}


def test_worlds_come_back_with_state_time_and_tokens_of_their_own(machine: Machine) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)
        anyone.post("/_mock/clock/advance", json={"by": "P1D"})
        anyone.post("/_mock/worlds", json={"name": "neuf"})
        anyone.post("/_mock/worlds", json={"name": "copie", "from": "principal"})
        anyone.post("/_mock/worlds", json={"name": "autre", "scenario": {"title": "Autre"}})
        anyone.post("/_mock/worlds", json={"name": "parti"})
        anyone.delete("/_mock/worlds/parti")
        lea = Vendor(anyone.application, "/w/copie").as_("lea")
        worlds = anyone.get("/_mock/worlds").json()
        machine.kill()

        with machine.running() as later:
            found = later.get("/_mock/worlds").json()
            assert found[0]["name"] == "principal"
            assert {one["name"] for one in found} == {"principal", "neuf", "copie", "autre"}
            known = [one for one in found if one["name"] != "autre"]
            assert sorted(map(str, known)) == sorted(
                str(one) for one in worlds if one["name"] != "autre"
            )
            lea_later = again(lea, later)
            assert len(lecons_of(lea_later)) == 3
            later.post("/w/copie/_mock/reset")
            assert clock_of(Vendor(later.application, "/w/copie")) == (START, True)
            assert later.get("/w/parti/_mock/clock").status_code == 404
            assert later.post("/_mock/worlds", json={"name": "parti"}).status_code == 201


def test_a_world_that_is_dropped_or_idle_leaves_no_file(machine: Machine) -> None:
    with machine.running(world_idle_minutes=10) as anyone:
        for name in ("a", "b", "c"):
            anyone.post("/_mock/worlds", json={"name": name})
        anyone.application.server.worlds["b"].last_used -= 601
        anyone.delete("/_mock/worlds/a")
        anyone.get("/_mock/worlds")

        folder = machine.data / "worlds"
        for _ in range(1_000):  # nobody waits for what is idle to be gone
            if not (folder / "b").exists():
                break
            sleep(0.01)
        assert {path.name for path in folder.iterdir()} == {"principal", "c"}


def test_the_journal_does_not_come_back(machine: Machine) -> None:
    with machine.running() as anyone:
        anyone.as_("lea").get("/api/v1/livret-numerique/formateurs")
        assert anyone.get("/_mock/journal").json()["total"] == 1
    with machine.running() as anyone:
        assert anyone.get("/_mock/journal").json()["total"] == 0


def test_the_signing_key_comes_back(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    certs = "/realms/formation/protocol/openid-connect/certs"
    with machine.running() as anyone:
        keys = anyone.get(certs).json()

    monkeypatch.undo()
    with machine.running() as anyone:
        assert anyone.get(certs).json() == keys
        key: Any = anyone.application.server.signer.key
        assert key.get_op_key("verify").key_size == KEY_BITS
