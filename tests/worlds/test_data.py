"""What is in the data folder, and what a server makes of it when it starts.

What a server that is killed leaves behind is a copy of its folder, taken between two calls.
"""

import json
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copytree, rmtree
from stat import S_IMODE
from time import sleep
from typing import Any

import pytest
from typer.testing import CliRunner

from rdv_mock.chance import seeded_id
from rdv_mock.cli import app
from rdv_mock.clock import Now, real_now
from rdv_mock.errors import Refusal
from rdv_mock.http.signer import KEY_BITS
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from rdv_mock.store import Store, folder
from rdv_mock.store.folder import BadFolder
from tests.support import (
    CONTRATS,
    LIVRET,
    SIGNER,
    SMALL,
    Vendor,
    build_store,
    contrat,
    instant,
    lecon,
    refusal_of,
)

START = "2026-03-10T08:00:00Z"
REAL = instant("2031-07-14T10:00:00.123456Z")
RUNNING = SMALL.replace(
    "{now: 2026-03-10T09:00:00+01:00}", "{now: 2026-03-10T09:00:00+01:00, frozen: false}"
)
OTHER = "title: Autre\nclock: {now: 2027-01-01T00:00:00Z}"
YAML = {"Content-Type": "application/yaml"}


class Watch:
    """Real time, as the test sets it."""

    def __init__(self) -> None:
        self.shows = REAL

    def __call__(self) -> datetime:
        return self.shows


class Machine:
    """Where servers run one after the other, each on what the one before has left."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.data = tmp_path / "data"
        self.scenario = tmp_path / "petit.yaml"
        self.scenario.write_text(SMALL)
        self._copies = count(1)

    @contextmanager
    def running(self, *, real: Now = real_now, **settings: Any) -> Iterator[Vendor]:
        """A server on the folder, and somebody without a token."""
        given = {"data": self.data, "scenario": str(self.scenario), **settings}
        application = create_application(Settings(**given), real=real)
        try:
            application.load()
            yield Vendor(application)
        finally:
            application.close()

    def kill(self) -> None:
        """Go on with the folder as it is at this moment."""
        copy = self.tmp_path / f"data-{next(self._copies)}"
        copytree(self.data, copy)
        self.data = copy

    def file(self, name: str = "state.sqlite", world: str = "principal") -> Path:
        return self.data / "worlds" / world / name

    def names(self, world: str = "principal") -> set[str]:
        """The files of a world, but for what SQLite keeps beside them."""
        names = {path.name for path in self.file().parent.parent.joinpath(world).iterdir()}
        return {name for name in names if not name.endswith(("-wal", "-shm"))}

    def problem(self, **settings: Any) -> str:
        """Why a server does not start."""
        with pytest.raises(BadFolder) as problem, self.running(**settings):
            pass
        return str(problem.value)


@pytest.fixture(autouse=True)
def _one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a key takes long; this one is written wherever a new one would be."""
    key = SIGNER.key
    monkeypatch.setattr("joserfc.jwk.RSAKey.generate_key", lambda *_: key)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def declare(vendor: Vendor, hour: int) -> str:
    """A leçon upon the first contrat; its id."""
    path = f"{CONTRATS}/{vendor.id_of('k1')}/lecons"
    answer = vendor.post(path, json=lecon(dateHeureDebut=f"2026-03-02T{hour:02}:00:00"))
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


def lecons_of(vendor: Vendor) -> list[str]:
    """The ids of the leçons upon the first contrat."""
    path = f"{CONTRATS}/{vendor.id_of('k1')}/lecons"
    return [one["id"] for one in vendor.get(path).json()]


def again(known: Vendor, anyone: Vendor) -> Vendor:
    """The same vendor, with the same token, before another server."""
    vendor = Vendor(anyone.application, known.prefix)
    vendor.headers = known.headers
    return vendor


def arm(vendor: Vendor, **incident: Any) -> str:
    armed = vendor.post("/_mock/incidents", json=incident)
    assert armed.status_code == 201, armed.text
    id_: str = armed.json()["id"]
    return id_


def clock_of(vendor: Vendor) -> tuple[str, bool]:
    clock = vendor.get("/_mock/clock").json()
    return clock["now"], clock["frozen"]


# What comes back ----------------------------------------------------------------------------------


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


# Resets and other scenarios -----------------------------------------------------------------------


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


# Halfway ------------------------------------------------------------------------------------------

Act = Callable[[Vendor], object]
ACTS: list[Act] = [
    lambda anyone: anyone.post("/_mock/reset"),
    lambda anyone: anyone.put("/_mock/scenario", content=OTHER, headers=YAML),
    lambda anyone: anyone.put("/_mock/snapshots/ici"),
    lambda anyone: anyone.post("/_mock/snapshots", json={"name": "ici"}),
    lambda anyone: anyone.post("/_mock/worlds", json={"name": "autre"}),
    lambda anyone: anyone.delete("/_mock/worlds/ancien"),
]
STEPS: list[tuple[Any, str]] = [
    (folder, "_appear"),
    (Path, "replace"),
    (Path, "unlink"),
    (folder, "rmtree"),
    (Store, "replace_with"),
    (Store, "save_extras"),
]


def seen(anyone: Vendor) -> str:
    """All that a world says of itself."""
    paths = ("state", "clock", "incidents", "snapshots", "worlds")
    return json.dumps([anyone.get(f"/_mock/{path}").text for path in paths])


@pytest.mark.parametrize("act", range(len(ACTS)))
def test_what_is_broken_off_leaves_the_old_or_the_new(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, act: int
) -> None:
    with machine.running() as anyone:
        declare(anyone.as_("lea"), 8)
        anyone.post("/_mock/worlds", json={"name": "ancien"})
        anyone.post("/_mock/snapshots", json={"name": "ici"})
        anyone.post("/_mock/clock/advance", json={"by": "PT1M"})
        arm(anyone, status=500, times=1)
        old = seen(anyone)
    whole = machine.data
    machine.kill()
    with machine.running() as anyone:
        ACTS[act](anyone)
        new = seen(anyone)

    for place, step in STEPS:
        machine.data = whole
        machine.kill()
        with machine.running() as anyone:
            with monkeypatch.context() as broken:
                broken.setattr(place, step, _break)
                ACTS[act](anyone)
            machine.kill()
            with machine.running() as later:
                assert seen(later) in {old, new}
                if act == 0:
                    later.post("/_mock/reset")
                    assert len(lecons_of(later.as_("lea"))) == 2


def _break(*_: Any, **__: Any) -> Any:
    raise OSError("No space left on device")


def test_a_commit_that_fails_leaves_nothing_for_the_next_one() -> None:
    with closing(build_store()) as store:
        store.sql.execute("PRAGMA foreign_keys = ON")
        store.sql.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        store.sql.execute("CREATE TABLE b (a REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)")

        with pytest.raises(sqlite3.IntegrityError), store.transaction():
            store.sql.execute("INSERT INTO b VALUES (1)")

        assert not store.sql.in_transaction
        assert store.sql.execute("SELECT COUNT(*) FROM b").fetchone() == (0,)


def test_litter_of_a_server_that_was_killed_is_cleared_away(machine: Machine) -> None:
    with machine.running():
        pass
    machine.file("pristine-7.sqlite").write_text("x")
    machine.file("state.new").write_text("x")
    (machine.data / "worlds" / "inacheve").mkdir()
    machine.file("pristine-1.sqlite", "inacheve").write_text("x")
    (machine.data / "worlds.dropped" / "parti").mkdir(parents=True)
    (machine.data / "worlds" / ".DS_Store").touch()

    with machine.running() as anyone:
        assert machine.names() == {"state.sqlite", "pristine-1.sqlite"}
        assert {path.name for path in machine.data.iterdir()} == {"lock", "worlds"}
        assert anyone.post("/_mock/worlds", json={"name": "inacheve"}).status_code == 201


# The folder ---------------------------------------------------------------------------------------


def test_nobody_else_reads_what_is_in_the_folder(machine: Machine) -> None:
    machine.data /= "deep/er"
    before = os.umask(0)
    try:
        with machine.running() as anyone:
            declare(anyone.as_("lea"), 8)
            anyone.post("/_mock/snapshots", json={"name": "ici"})
            found = [machine.data, *machine.data.rglob("*")]
            files = {path.name: S_IMODE(path.stat().st_mode) for path in found if path.is_file()}
            folders = {path.name: S_IMODE(path.stat().st_mode) for path in found if path.is_dir()}
    finally:
        os.umask(before)

    assert {"lock", "signing-key.pem", "state.sqlite", "state.sqlite-wal"} <= set(files)
    assert set(files.values()) == {0o600}
    assert folders == {"er": 0o700, "worlds": 0o700, "principal": 0o700}


def test_a_world_is_one_sqlite_file_that_others_may_look_at(machine: Machine) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        with closing(sqlite3.connect(machine.file())) as looking:
            (before,) = looking.execute("SELECT COUNT(*) FROM lecons").fetchone()
            declare(lea, 8)
            (after,) = looking.execute("SELECT COUNT(*) FROM lecons").fetchone()
            (mode,) = looking.execute("PRAGMA journal_mode").fetchone()

    assert (after - before, mode) == (1, "wal")


@pytest.mark.parametrize("below", ["petit.yaml", "petit.yaml/below"])
def test_a_folder_that_cannot_be_written_is_refused(machine: Machine, below: str) -> None:
    machine.data = machine.tmp_path / below

    assert machine.problem().startswith(f"cannot write to {machine.data} (")


def test_a_folder_is_used_by_one_server_at_a_time(machine: Machine) -> None:
    with machine.running():
        assert machine.problem() == (
            f"cannot lock {machine.data / 'lock'} (database is locked); does another server use it?"
        )
    with machine.running():
        pass


def test_the_openapi_document_can_be_exported_while_a_server_runs(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RDV_MOCK_DATA", str(machine.data))
    monkeypatch.setenv("RDV_MOCK_SCENARIO", str(machine.scenario))
    with machine.running():
        exported = CliRunner().invoke(app, ["openapi", "export"])

    assert exported.exit_code == 0, exported.output


def _scribble(path: Path) -> None:
    path.write_bytes(b"not a database, not a key\n" * 100)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _sql(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as sql, sql:
            sql.execute(statement)

    return change


@pytest.mark.parametrize(
    ("name", "spoil", "says"),
    [
        ("worlds/principal/state.sqlite", _scribble, "is damaged"),
        ("worlds/principal/state.sqlite", _truncate, "is damaged"),
        ("worlds/principal/state.sqlite", _empty, "was written by another version"),
        ("worlds/principal/state.sqlite", _sql("DROP TABLE lecons"), "by another version"),
        ("worlds/principal/state.sqlite", _sql("UPDATE settings SET settings = ''"), "validation"),
        ("worlds/principal/state.sqlite", _sql("UPDATE standing SET standing = ''"), "unknown"),
        ("worlds/principal/state.sqlite", Path.unlink, "is missing"),
        ("worlds/principal/pristine-1.sqlite", _scribble, "is damaged"),
        ("worlds/principal/pristine-1.sqlite", Path.unlink, "is missing"),
        ("worlds/principal/snapshot-1.sqlite", _truncate, "is damaged"),
        ("worlds/autre/state.sqlite", _scribble, "is damaged"),
        ("signing-key.pem", _scribble, "is damaged"),
        ("signing-key.pem", _empty, "is damaged"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named(
    machine: Machine, name: str, spoil: Callable[[Path], None], says: str
) -> None:
    with machine.running() as anyone:
        anyone.as_("lea")
        anyone.post("/_mock/snapshots", json={"name": "ici"})
        anyone.post("/_mock/worlds", json={"name": "autre"})
    spoil(machine.data / name)

    problem = machine.problem()

    assert problem.startswith(f"{machine.data / name} ")
    assert says in problem
    assert "\n" not in problem
    with machine.running(reset=True):
        pass


def test_an_empty_folder_that_is_there_already_will_do(machine: Machine) -> None:
    machine.data.mkdir()
    (machine.data / "lost+found").mkdir()

    with machine.running() as anyone:
        anyone.as_("lea").post(CONTRATS, json=contrat())
    rmtree(machine.data / "lost+found")
    with machine.running() as anyone:
        assert anyone.world.store.contrats_de_formation.count() == 4


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """A disk on which no file grows further than so many bytes: as good as a full one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 4_096, 65_536])
def test_a_full_disk_is_told_in_one_line_at_start_and_at_a_restart(
    machine: Machine, size: int
) -> None:
    with no_file_beyond(size):
        problem = machine.problem()
    assert "disk" in problem
    assert "\n" not in problem

    with machine.running():
        pass
    with no_file_beyond(0):
        problem = machine.problem()
    assert "disk" in problem
    assert "\n" not in problem
    with machine.running():
        pass


def test_a_disk_that_fills_up_refuses_what_is_written_and_nothing_else(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    many = [
        {"ref": f"n{i}", "nom": "N", "prenom": "p" * 900, "numeroDossier": str(i)}
        for i in range(900)
    ]
    with machine.running() as anyone:
        before = anyone.get("/_mock/state").text
        anyone.world.store.sql.execute("PRAGMA max_page_count = 1")  # as many as it has

        refused = anyone.patch("/_mock/state", json={"candidats": many})

        assert refusal_of(refused) == (503, "STOCKAGE_INDISPONIBLE")
        assert refused.json()["details"] == [
            {"champ": "serveur", "message": "le disque du serveur est plein"}
        ]
        (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
        assert "PATCH /_mock/state: the disk is full" in line.getMessage()
        assert line.exc_info is None
        assert anyone.get("/_mock/state").text == before
        anyone.world.store.sql.execute("PRAGMA max_page_count = 100000")
        assert anyone.patch("/_mock/state", json={"candidats": many}).status_code == 200


def test_a_world_that_the_disk_has_no_place_for_leaves_nothing(machine: Machine) -> None:
    with machine.running() as anyone:
        with no_file_beyond(65_536):
            refused = anyone.post("/_mock/worlds", json={"name": "autre"})
            kept = anyone.post("/_mock/snapshots", json={"name": "avant"})
            loaded = anyone.put("/_mock/scenario", json={"name": "demonstration"})

        for answer in (refused, kept, loaded):
            assert refusal_of(answer) == (503, "STOCKAGE_INDISPONIBLE")
            assert "disque" in answer.json()["details"][0]["message"]
        assert not machine.file(world="autre").parent.exists()
        assert machine.names() == {"state.sqlite", "pristine-1.sqlite"}
        assert anyone.post("/_mock/worlds", json={"name": "autre"}).status_code == 201
        assert anyone.get("/_mock/health").json()["scenario"] == "petit"


def test_a_fact_that_is_damaged_is_told_so_in_one_line(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    with machine.running() as anyone:
        lea = anyone.as_("lea")
        anyone.world.store.sql.execute("UPDATE lecons SET date_heure_debut = '2026-03-:7'")
        anyone.world.store.sql.commit()

        refused = lea.get(f"{CONTRATS}/{lea.id_of('k1')}/lecons/{lea.id_of('l1')}")

    assert refusal_of(refused) == (503, "STOCKAGE_INDISPONIBLE")
    assert refused.json()["details"] == [
        {"champ": "serveur", "message": "l'état de ce monde est endommagé sur le disque"}
    ]
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "the state is damaged" in line.getMessage()
    assert line.exc_info is None


@pytest.mark.parametrize("table", ["standing", "settings"])
def test_a_state_whose_standing_cannot_be_read_is_told_so_at_start(
    machine: Machine, table: str
) -> None:
    with machine.running():
        pass
    with closing(sqlite3.connect(machine.file())) as sql:
        sql.execute(f"UPDATE {table} SET {table} = CAST(x'7bff' AS TEXT)")
        sql.commit()

    assert "damaged" in machine.problem()
