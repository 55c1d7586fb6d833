"""Where scenarios are found by name: the folder of the user first, then the bundled ones."""

import codecs
import collections
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rdv_mock.errors import ApiError, Detail, Refusal
from rdv_mock.fixtures import SCENARIOS
from rdv_mock.hints import suggestion
from rdv_mock.scenario.source import Source, read_json, read_yaml

LARGEST = 64 * 1024 * 1024
"""Bytes of a scenario file at most (docs/contract/surfaces.md#sizes)."""
_PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """One scenario that can be loaded by its name."""

    name: str
    path: Path
    source: str


def list_scenarios(folder: Path | None) -> list[ScenarioFile]:
    """Every scenario by name; one of the folder hides a bundled one of the same name."""
    entries: dict[str, ScenarioFile] = {}
    for where, source in ((folder, "utilisateur"), (SCENARIOS, "fourni")):
        for path in files_of(where):
            entries.setdefault(path.stem, ScenarioFile(path.stem, path, source))
    return list(entries.values())


def files_of(folder: Path | None) -> Iterator[Path]:
    """The scenario files of a folder, by name."""
    if folder is not None and folder.is_dir():
        yield from sorted(
            path
            for path in folder.iterdir()
            if path.suffix in {".yaml", ".yml", ".json"}
            and path.is_file()
            and path.name.isprintable()
        )


def find_scenario(name: str, folder: Path | None) -> ScenarioFile:
    """The scenario with this name; SCENARIO_INCONNU when there is none."""
    entries = {entry.name: entry for entry in list_scenarios(folder)}
    if name not in entries:
        raise Refusal(ApiError.SCENARIO_INCONNU, hint=suggestion(name, entries))
    return entries[name]


def read_file(path: Path, *, largest: int = LARGEST) -> Source:
    """The content of a file, `largest` bytes at most; SCENARIO_INVALIDE when it cannot be read."""
    try:
        if path.stat().st_size > largest:
            raise _unreadable(f"dépasse {largest // 1024 // 1024} Mio")
        content = path.read_bytes()
        collections.deque(codecs.iterdecode(_pieces_of(content), "utf-8"), maxlen=0)
    except OSError as error:
        raise _unreadable(f"est illisible : {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _unreadable("n'est pas en UTF-8") from error
    return read_json(content) if path.suffix == ".json" else read_yaml(content)


def _pieces_of(content: bytes) -> Iterator[bytes]:
    """The content bit by bit: as text at once it could take four times the memory."""
    return (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))


def _unreadable(message: str) -> Refusal:
    return Refusal(ApiError.SCENARIO_INVALIDE, details=[Detail("fichier", message)])


def title_of(entry: ScenarioFile) -> tuple[str, str]:
    """Title and description of a scenario, without loading the rest; empty when unreadable."""
    return _title_of(entry.path, entry.path.stat().st_mtime_ns)


@lru_cache(maxsize=1_024)
def _title_of(path: Path, _mtime: int) -> tuple[str, str]:
    try:
        content = read_file(path).content
    except Refusal:
        content = None
    if not isinstance(content, dict):
        return "", ""
    return str(content.get("title") or ""), str(content.get("description") or "")
