import os
from pathlib import Path

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.fixtures import SCENARIOS
from rdv_mock.scenario.library import (
    ScenarioFile,
    files_of,
    find_scenario,
    list_scenarios,
    read_file,
    title_of,
)
from tests.scenario.worlds import details_of

TITLE = "title: Le mien\ndescription: À moi\n"


def write(folder: Path, name: str, text: str = TITLE) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def entry_of(path: Path) -> ScenarioFile:
    return ScenarioFile(path.stem, path, "utilisateur")


def test_a_scenario_of_the_user_hides_the_bundled_one_of_the_same_name(tmp_path: Path) -> None:
    mine = write(tmp_path, "demonstration.yaml")

    assert find_scenario("demonstration", tmp_path) == ScenarioFile(
        "demonstration", mine, "utilisateur"
    )
    assert find_scenario("demonstration", None).source == "fourni"
    names = [entry.name for entry in list_scenarios(tmp_path)]
    assert names.count("demonstration") == 1
    assert len(names) == len(list(SCENARIOS.glob("*.yaml")))


def test_scenarios_of_the_user_come_first_each_folder_in_order_of_name(tmp_path: Path) -> None:
    write(tmp_path, "zoo.yml")
    write(tmp_path, "abc.json", '{"title": "x"}')
    bundled = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))

    entries = list_scenarios(tmp_path)

    assert [entry.name for entry in entries] == ["abc", "zoo", *bundled]


def test_only_scenario_files_count(tmp_path: Path) -> None:
    write(tmp_path, "notes.txt")
    write(tmp_path, "yaml")
    write(tmp_path, "a\nb.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "nowhere")
    one = write(tmp_path, "one.yaml")

    assert list(files_of(tmp_path)) == [one]


@pytest.mark.parametrize("folder", [None, Path("/nowhere")])
def test_a_folder_that_is_not_there_holds_nothing(folder: Path | None) -> None:
    assert list(files_of(folder)) == []
    assert {entry.source for entry in list_scenarios(folder)} == {"fourni"}


@pytest.mark.parametrize(
    "name", ["inconnu", "", "../scenarios/demonstration", "demonstration.yaml"]
)
def test_an_unknown_name_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, "mine.yaml")

    with pytest.raises(Refusal) as refusal:
        find_scenario(name, tmp_path)

    assert refusal.value.error is ApiError.SCENARIO_INCONNU


def test_a_file_is_read_with_its_lines(tmp_path: Path) -> None:
    source = read_file(write(tmp_path, "mine.yaml"))

    assert source.content == {"title": "Le mien", "description": "À moi"}
    assert source.line_of(("description",)) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.yaml", "est illisible : No such file or directory"),
        ("folder.yaml", "est illisible : Is a directory"),
        ("latin.yaml", "n'est pas en UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "latin.yaml").write_bytes("title: Élève".encode("latin-1"))

    assert details_of(lambda: read_file(tmp_path / name)) == (("fichier", message, None),)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    mebibyte = 1024 * 1024
    largest = write(tmp_path, "largest.yaml", "title: x".ljust(mebibyte))
    larger = write(tmp_path, "larger.yaml", "title: x".ljust(mebibyte + 1))

    assert read_file(largest, largest=mebibyte).content == {"title": "x"}
    assert details_of(lambda: read_file(larger, largest=mebibyte)) == (
        ("fichier", "dépasse 1 Mio", None),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TITLE, ("Le mien", "À moi")),
        ("title: Le mien", ("Le mien", "")),
        ("title:\ndescription: ~", ("", "")),
        ("- title", ("", "")),
        ("", ("", "")),
        ("title: [", ("", "")),
    ],
)
def test_title_and_description_are_told_without_loading_the_rest(
    tmp_path: Path, text: str, expected: tuple[str, str]
) -> None:
    assert title_of(entry_of(write(tmp_path, "mine.yaml", text))) == expected


def test_a_title_that_was_changed_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.yaml")
    assert title_of(entry_of(path)) == ("Le mien", "À moi")

    write(tmp_path, "mine.yaml", "title: Changé")
    os.utime(path, ns=(0, 1))

    assert title_of(entry_of(path)) == ("Changé", "")


def test_a_json_file_is_read_as_json(tmp_path: Path) -> None:
    path = write(tmp_path, "emoji.json", '{"title": "\\ud83d\\ude97"}')

    assert read_file(path).content == {"title": "🚗"}
