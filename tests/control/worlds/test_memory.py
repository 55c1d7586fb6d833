import os
from pathlib import Path

import pytest

from rdv_mock.settings import Settings
from rdv_mock.store import Store
from tests.api.exam_world import state_of
from tests.control.worlds.support import WRITTEN, advance, create, is_open
from tests.support import Vendor, refusal_of, running


def test_a_world_that_is_dropped_takes_nothing_from_those_of_its_scenario(anyone: Vendor) -> None:
    first, second = (create(anyone, scenario="panier_plein") for _ in range(2))
    loaded = state_of(second)
    advance(second, "P1D")

    anyone.delete(f"/_mock/worlds/{first.prefix.removeprefix('/w/')}")
    second.post("/_mock/reset")

    assert state_of(second) == loaded
    assert state_of(create(anyone, scenario="panier_plein")) == loaded


def test_a_pristine_copy_is_given_back_with_the_last_world_that_goes_back_to_it(
    anyone: Vendor, built: list[Store]
) -> None:
    first = create(anyone, name="un", scenario=WRITTEN)
    pristine = built[-1]
    second = create(anyone, name="deux", **{"from": "un"})
    create(anyone, name="trois", **{"from": "deux"})

    first.put("/_mock/scenario", json={"title": "Autre"})
    anyone.delete("/_mock/worlds/deux")
    assert is_open(pristine)
    anyone.delete("/_mock/worlds/trois")

    assert not is_open(pristine)
    assert refusal_of(second.post("/_mock/reset")) == (404, "MONDE_INCONNU")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a scenario of the user's own."""
    write(tmp_path, "title: Premier\nclock: {now: 2026-03-10T09:00:00+01:00}\n", at=1)
    return tmp_path


def write(folder: Path, text: str, *, at: int) -> None:
    """Write the scenario `a_moi` anew, some seconds later."""
    file = folder / "a_moi.yaml"
    file.write_text(text, encoding="utf-8")
    os.utime(file, (1_700_000_000 + at, 1_700_000_000 + at))


def title_of(vendor: Vendor) -> str:
    first, _, title = state_of(vendor).partition("\n")[0].partition(": ")
    assert first == "title"
    return title


def test_a_named_scenario_is_read_again_once_its_file_has_changed(folder: Path) -> None:
    with running(settings=Settings(scenarios=folder)) as application:
        anyone = Vendor(application)
        first = create(anyone, scenario="a_moi")
        write(folder, "title: Second\nclock: {now: 2026-03-10T09:00:00+01:00}\n", at=2)
        second = create(anyone, scenario="a_moi")
        write(folder, "title: [", at=3)
        broken = anyone.post("/_mock/worlds", json={"scenario": "a_moi"})
        write(folder, "title: Dernier\n", at=4)
        last = create(anyone, scenario="a_moi")
        first.post("/_mock/reset")

        assert [title_of(world) for world in (first, second, last)] == [
            "Premier",
            "Second",
            "Dernier",
        ]
        assert refusal_of(broken) == (422, "SCENARIO_INVALIDE")
        (folder / "a_moi.yaml").unlink()
        gone = anyone.post("/_mock/worlds", json={"scenario": "a_moi"})
        assert refusal_of(gone) == (404, "SCENARIO_INCONNU")


def test_a_named_scenario_that_has_not_changed_is_read_once(
    folder: Path, built: list[Store]
) -> None:
    with running(settings=Settings(scenarios=folder)) as application:
        built.clear()
        anyone = Vendor(application)

        for _ in range(3):
            create(anyone, scenario="a_moi")
        anyone.put("/_mock/scenario", json={"name": "a_moi"})

        assert len(built) == 1
