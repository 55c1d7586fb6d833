import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdv_mock.serving.app import Application, create_application
from rdv_mock.serving.watching import reload, watch
from rdv_mock.settings import Settings
from rdv_mock.store import Store
from rdv_mock.worlds.world import PRINCIPAL, World
from tests.support import SIGNER, SMALL, Vendor


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mien.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


@pytest.fixture
def application(file: Path) -> Iterator[Application]:
    application = create_application(Settings(scenario=str(file)))
    application.server.signer = SIGNER
    application.load()
    yield application
    application.close()


def title_of(application: Application) -> str:
    return application.server.worlds[PRINCIPAL].settings.title


def test_a_changed_file_is_loaded_again_and_tokens_are_new(
    application: Application, file: Path
) -> None:
    lea = Vendor(application).as_("lea")
    file.write_text(SMALL.replace("Une école, un élève", "Autrement"), encoding="utf-8")

    asyncio.run(reload(application, file))

    assert title_of(application) == "Autrement"
    assert lea.get("/api/v2/auto-ecole/moi").status_code == 401


@pytest.mark.parametrize("text", ["title: [", "titel: x", "title: x\nmandats: [{candidat: y}]"])
def test_a_typo_keeps_the_last_good_version_and_is_told_with_its_line(
    application: Application, file: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    lea = Vendor(application).as_("lea")
    file.write_text(text, encoding="utf-8")

    with caplog.at_level(logging.WARNING, "rdv_mock"):
        asyncio.run(reload(application, file))

    assert title_of(application) == "Une école, un élève"
    assert lea.get("/api/v2/auto-ecole/moi").status_code == 200
    (line,) = [one.getMessage() for one in caplog.records if one.name == "rdv_mock"]
    assert line.startswith(f"{file}:")
    assert line.endswith(" (the last good version stays)")


def test_a_world_that_became_another_scenarios_stays_so(
    application: Application, file: Path
) -> None:
    Vendor(application).put("/_mock/scenario", json={"name": "panier_plein"})

    asyncio.run(reload(application, file))

    assert title_of(application) == "Un panier plein"


def test_a_scenario_of_the_folder_is_loaded_again_once_the_world_is_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cas = tmp_path / "cas.yaml"
    cas.write_text(SMALL, encoding="utf-8")
    application = create_application(Settings(scenarios=tmp_path))
    application.server.signer = SIGNER
    application.load()
    anyone = Vendor(application)
    anyone.post("/_mock/worlds", json={"name": "mien", "scenario": "cas"})

    with caplog.at_level(logging.INFO, "rdv_mock"):
        asyncio.run(reload(application, cas))
    assert title_of(application) == "Démonstration"
    assert caplog.messages[-1] == f"{cas} has changed: good, and the world is of another one"

    anyone.put("/_mock/scenario", json={"name": "cas"})
    cas.write_text(SMALL.replace("Une école, un élève", "Autrement"), encoding="utf-8")
    asyncio.run(reload(application, cas))
    assert title_of(application) == "Autrement"
    assert application.server.worlds["mien"].settings.title == "Une école, un élève"
    application.close()


def test_whoever_watches_a_folder_sees_files_that_change_and_files_that_are_new(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "demonstration.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "autre.yaml").write_text(SMALL, encoding="utf-8")
    application = create_application(Settings(scenarios=folder))
    application.load()

    async def live() -> None:
        watching = asyncio.create_task(watch(application, every=0.001))
        await asyncio.sleep(0.005)
        (folder / "neuf.yaml").write_text("titel: x", encoding="utf-8")
        (folder / "demonstration.yaml").write_text(
            SMALL.replace("Une école, un élève", "Autrement"), encoding="utf-8"
        )
        async with asyncio.timeout(20):
            while title_of(application) != "Autrement" or "neuf.yaml:1" not in caplog.text:
                await asyncio.sleep(0.001)
        watching.cancel()

    with caplog.at_level(logging.INFO, "rdv_mock"):
        asyncio.run(live())

    assert "autre.yaml" not in caplog.text
    application.close()


def test_whoever_watches_sees_each_change_and_waits_for_a_file_that_is_gone(
    application: Application, file: Path
) -> None:
    titles: list[str] = []

    async def live() -> None:
        watching = asyncio.create_task(watch(application, every=0.001))
        for title in ("Un", "Deux"):
            text = SMALL.replace("Une école, un élève", title)
            file.unlink()
            await asyncio.sleep(0.005)
            file.write_text(text, encoding="utf-8")
            async with asyncio.timeout(20):
                while title_of(application) != title:
                    await asyncio.sleep(0.001)
            titles.append(title_of(application))
        watching.cancel()

    asyncio.run(live())

    assert titles == ["Un", "Deux"]


def test_what_cannot_be_loaded_for_another_reason_ends_no_watch(
    application: Application,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_: World, pristine: Store) -> None:
        pristine.close()
        monkeypatch.undo()
        raise OSError("no space left")

    async def edit_twice() -> None:
        watching = asyncio.create_task(watch(application, every=0.01))
        await asyncio.sleep(0)
        monkeypatch.setattr(World, "load", fail)
        file.write_text(SMALL.replace("Une école, un élève", "Une fois"), encoding="utf-8")
        async with asyncio.timeout(10):
            while "no space left" not in caplog.text:
                await asyncio.sleep(0.01)
            file.write_text(SMALL.replace("Une école, un élève", "Deux fois"), encoding="utf-8")
            while title_of(application) != "Deux fois":
                await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(edit_twice())

    assert f"{file} cannot be loaded; the last good version stays" in caplog.messages
