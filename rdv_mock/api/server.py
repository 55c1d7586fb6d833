"""What all calls share: the settings, the worlds, the signing key."""

from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from rdv_mock.api.signer import Signer
from rdv_mock.clock import Now, real_now, stopwatch
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.hints import suggestion
from rdv_mock.overlay.compiled import Overlay
from rdv_mock.scenario.library import Entry, read_file
from rdv_mock.scenario.load import load_scenario
from rdv_mock.settings import Settings
from rdv_mock.store import Store
from rdv_mock.store.folder import BadFolder, DataFolder
from rdv_mock.world import PRINCIPAL, World


@dataclass(slots=True)
class Server:
    """One running process. It has no world until its scenario is loaded."""

    settings: Settings
    real: Now = real_now
    worlds: dict[str, World] = field(default_factory=dict)
    signer: Signer = field(default_factory=Signer)
    folder: DataFolder | None = None
    overlay: Overlay | None = None
    _pristine: dict[Path, tuple[int, Store]] = field(default_factory=dict)
    _loading: Lock = field(default_factory=Lock)

    def new_world(self, name: str, pristine: Store | None) -> World:
        """A world of a scenario, or without one as it was left; still to be given its place."""
        return World(
            name,
            pristine,
            real=self.real,
            error_keys=self.settings.error_keys,
            journal_size=self.settings.journal_size,
            folder=None if self.folder is None else self.folder.world(name),
        )

    def find_world(self, name: str) -> World:
        """The world with this name; MONDE_INCONNU when there is none."""
        world = self.worlds.get(name)
        if world is None:
            raise Refusal(ApiError.MONDE_INCONNU, hint=suggestion(name, self.worlds))
        return world

    def open_folder(self) -> None:
        """Let worlds outlive the process, where the settings say so. Raises BadFolder."""
        if self.settings.data is not None:
            self.folder = DataFolder(self.settings.data)
            self.signer = Signer(self.folder.signing_key)

    def go_on(self, scenario: str) -> World | None:
        """Bring all worlds back as they were left; the principal one, unless there is none.

        Raises BadFolder when one of them cannot be read, or when it all began with another scenario
        than this one, and is at another one.
        """
        found = [] if self.folder is None else [one.name for one in self.folder.worlds()]
        if self.folder is None or not found:
            return None
        if self.folder.signing_key.exists():
            self.signer.key  # noqa: B018 - a damaged one is told now
        with ExitStack() as stack:
            worlds = {
                name: stack.enter_context(closing(self.new_world(name, None)))
                for name in (PRINCIPAL, *(name for name in found if name != PRINCIPAL))
            }
            begun_as = worlds[PRINCIPAL].begun_as
            if scenario not in {begun_as, worlds[PRINCIPAL].settings.scenario}:
                raise BadFolder(
                    f"{self.folder.path} goes on with the scenario {begun_as!r}, not {scenario!r};"
                    f" give `--scenario {begun_as}`, or `--reset` to start anew"
                )
            stack.pop_all()
        self.worlds.update(worlds)
        return worlds[PRINCIPAL]

    def pristine_of(self, entry: Entry) -> Store:
        """The state of a scenario of the library, to be closed by who asks.

        Loaded once as long as its file does not change; one that begins at the present instant is
        another one each time. Who asks may do so from any thread.
        """
        with self._loading:
            return self._pristine_of(entry)

    def _pristine_of(self, entry: Entry) -> Store:
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

    def drop_idle(self) -> None:
        """Forget the worlds that nobody has called for too long."""
        for world in list(self.worlds.values()):
            self.drop_if_idle(world)

    def drop_if_idle(self, world: World) -> bool:
        """Forget a world if nobody has called it for too long, unless it is the one without prefix.

        Whether it is forgotten now.
        """
        minutes = self.settings.world_idle_minutes
        if not minutes or world.name == PRINCIPAL or world.lock.locked():
            return False
        if stopwatch() - world.last_used <= minutes * 60:
            return False
        self.worlds.pop(world.name).drop()
        return True

    def close(self) -> None:
        """Give the memory of all worlds back."""
        for world in self.worlds.values():
            world.close()
        self.worlds.clear()
        for _, pristine in self._pristine.values():
            pristine.close()
        self._pristine.clear()
        if self.folder is not None:
            self.folder.close()
