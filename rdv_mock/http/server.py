"""What all calls share: the settings, the worlds, the signing key."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from rdv_mock.clock import Now, real_now, stopwatch
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.http.aside import behind
from rdv_mock.http.signer import Signer
from rdv_mock.memory import give_back
from rdv_mock.overlay.compiled import Overlay
from rdv_mock.scenario.library import ScenarioFile, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.settings import Settings
from rdv_mock.store import Store
from rdv_mock.store.folder import BadFolder, DataFolder
from rdv_mock.worlds.contents import Contents, begin, restore
from rdv_mock.worlds.journal import Journal, Memory
from rdv_mock.worlds.world import PRINCIPAL, World

log = logging.getLogger("rdv_mock")

SECONDS_BETWEEN_LOOKS = 0.002
SOME_DROPPED, MANY_DROPPED = 4, 16
"""Dropped worlds after which freed memory goes back to the system: the first number once no drop is
under way, the second one in between. A world takes about a MiB."""


@dataclass(slots=True)
class Server:
    """One running process. It has no world until its scenario is loaded."""

    settings: Settings
    real: Now = real_now
    worlds: dict[str, World] = field(default_factory=dict)
    signer: Signer = field(default_factory=Signer)
    folder: DataFolder | None = None
    overlay: Overlay | None = None
    is_local: bool = False
    """Whether it listens on loopback alone: then it knows all host names that it may have."""
    _making: set[str] = field(default_factory=set)
    _leaving: dict[str, Future[None]] = field(default_factory=dict)
    _dropped: int = 0
    journals: Memory = field(init=False)
    _pristine: dict[Path, tuple[int, Store]] = field(default_factory=dict)
    _loading: dict[Path, Lock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let all journals share one allowance of memory."""
        self.journals = Memory(self.settings.journal_bodies, self.settings.journal_memory)

    def new_world(self, name: str, pristine: Store) -> World:
        """Make a world of a scenario, not yet one of `worlds`; it owns `pristine`."""
        folder = None if self.folder is None else self.folder.world(name)
        return self._world(name, begin(pristine, folder=folder, real=self.real))

    def _world(self, name: str, contents: Contents) -> World:
        return World(
            name,
            contents,
            error_keys=self.settings.error_keys,
            journal=Journal(self.settings.journal_size, self.journals),
        )

    def find_world(self, name: str) -> World:
        """The world with this name. Raises MONDE_INCONNU."""
        world = self.worlds.get(name)
        if world is None:
            raise Refusal(ApiError.MONDE_INCONNU, hint=suggestion(name, self.worlds))
        return world

    def open_folder(self) -> None:
        """Let worlds outlive the process, if the settings name a folder. Raises BadFolder."""
        if self.settings.data is not None:
            self.folder = DataFolder(self.settings.data)
            self.signer = Signer(self.folder.signing_key)

    def restore(self, scenario: str) -> World | None:
        """Restore all worlds of the data folder; return the principal one, if there is one.

        Raises BadFolder when a world cannot be read, or when the principal world neither began with
        this scenario nor is in it now.
        """
        found = [] if self.folder is None else [one.name for one in self.folder.worlds()]
        if self.folder is None or not found:
            return None
        if self.folder.signing_key.exists():
            self.signer.key  # noqa: B018 - a damaged one is told now
        with ExitStack() as stack:
            worlds = {}
            for name in (PRINCIPAL, *(name for name in found if name != PRINCIPAL)):
                contents = restore(self.folder.world(name), real=self.real)
                worlds[name] = stack.enter_context(closing(self._world(name, contents)))
            begun_as = worlds[PRINCIPAL].begun_as
            if scenario not in {begun_as, worlds[PRINCIPAL].settings.scenario}:
                raise BadFolder(
                    f"{self.folder.path} goes on with the scenario {begun_as!r}, not {scenario!r};"
                    f" give `--scenario {begun_as}`, or `--reset` to start anew"
                )
            stack.pop_all()
        self.worlds.update(worlds)
        return worlds[PRINCIPAL]

    def pristine_of(self, entry: ScenarioFile) -> Store:
        """The state of a scenario of the library; the caller closes it. Any thread may call this.

        The file is loaded again only after it has changed, or when its scenario begins at the
        present instant.
        """
        with self._loading.setdefault(entry.path, Lock()):
            return self._pristine_of(entry)

    def _pristine_of(self, entry: ScenarioFile) -> Store:
        changed = entry.path.stat().st_mtime_ns
        known = self._pristine.get(entry.path)
        if known is not None and known[0] == changed:
            return known[1].share()
        pristine = load_scenario(read_file(entry.path), name=entry.name, now=self.real())
        if pristine.settings().clock_now is not None:
            self._pristine[entry.path] = (changed, pristine.share())
            if known is not None:
                known[1].close()
        return pristine

    @property
    def count(self) -> int:
        """How many worlds there are, with those that are being made."""
        return len(self.worlds) + len(self._making)

    def is_taken(self, name: str) -> bool:
        """Whether a world has this name, or is being made or dropped under it."""
        return name in self.worlds or name in self._making or name in self._leaving

    async def wait_for(self, name: str) -> None:
        """Wait until no world of this name is being made or dropped."""
        while name in self._making or name in self._leaving:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    @contextmanager
    def reserved(self, name: str) -> Iterator[None]:
        """Reserve a name for a world that is made in a thread."""
        self._making.add(name)
        try:
            yield
        finally:
            self._making.remove(name)

    def begin_to_drop(self, world: World) -> Future[None]:
        """Stop serving a world at once; a thread gives its memory and its files back."""
        del self.worlds[world.name]
        world.mark_dropped()
        leaving = self._leaving[world.name] = behind(world.drop)
        leaving.add_done_callback(lambda done: self._has_dropped(world.name, done.exception()))
        return leaving

    def _has_dropped(self, name: str, problem: BaseException | None) -> None:
        if problem is not None:
            log.error("the world %s was dropped, and not all of it is gone", name, exc_info=problem)
        del self._leaving[name]
        self._dropped += 1
        if self._dropped >= (MANY_DROPPED if self._leaving else SOME_DROPPED):
            self._dropped = 0
            behind(give_back)

    def drop_idle(self) -> None:
        """Drop the worlds that nobody has called for too long."""
        for world in list(self.worlds.values()):
            self.drop_if_idle(world)

    def drop_if_idle(self, world: World) -> bool:
        """Drop a world that nobody has called for too long, except the one without prefix.

        Return whether it is dropped.
        """
        minutes = self.settings.world_idle_minutes
        if not minutes or world.name == PRINCIPAL or world.lock.locked():
            return False
        if stopwatch() - world.last_used <= minutes * 60:
            return False
        self.begin_to_drop(world)
        return True

    def close(self) -> None:
        """Close all worlds."""
        for world in self.worlds.values():
            world.close()
        self.worlds.clear()
        wait([*self._leaving.values()])
        for _, pristine in self._pristine.values():
            pristine.close()
        self._pristine.clear()
        if self.folder is not None:
            self.folder.close()
