"""What a world consists of, and how that comes to be: from a scenario, a world, or a folder."""

from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from rdv_mock.clock import LONG_AGO, Clock, Now, real_now
from rdv_mock.facts.world import WorldSettings
from rdv_mock.store import Store
from rdv_mock.store.folder import BadFolder, InFile, InMemory, SavedState, WorldFolder
from rdv_mock.worlds.incidents import Incidents
from rdv_mock.worlds.saved import (
    Extras,
    OwnClock,
    read_extras,
    read_spent,
    write_extras,
    write_spent,
)
from rdv_mock.worlds.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Contents:
    """What a world consists of; its folder, where it outlives the process."""

    store: Store
    pristine: SavedState
    clock: Clock
    incidents: Incidents
    begun_as: str
    own_clock: OwnClock | None = None
    snapshots: Snapshots = field(default_factory=Snapshots)
    folder: WorldFolder | None = None

    def save_extras(self) -> None:
        """Write what the tables do not hold beside them, where the world outlives the process."""
        if isinstance(self.pristine, InFile):
            self.store.save_extras(self._extras(self.pristine), write_spent(self.incidents.spent))

    def save_strike(self) -> None:
        """Write the same after a struck call, without the spent incidents, which are unchanged."""
        if isinstance(self.pristine, InFile):
            self.store.save_extras(self._extras(self.pristine))

    def _extras(self, pristine: InFile) -> str:
        return write_extras(
            Extras(
                begun_as=self.begun_as,
                offset=self.clock.offset,
                stands_at=self.clock.stands_at,
                now=self.clock.now(),
                incidents=tuple(self.incidents.armed),
                incident_count=self.incidents.count,
                pristine=pristine.path.name,
                snapshots=self.snapshots.saved(),
                beginning=self.own_clock,
            )
        )


def begin(
    pristine: Store,
    *,
    like: Contents | None = None,
    folder: WorldFolder | None = None,
    real: Now = real_now,
) -> Contents:
    """The contents of a new world, as its scenario was loaded; with `like`, as that one is now.

    They own `pristine`. With a folder they are written there; without one they end with the
    process.
    """
    try:
        with ExitStack() as on_failure:
            store = (like.store if like else pristine).copy()
            on_failure.callback(store.close)
            contents = _begin_in(store, pristine, like, folder, real)
            on_failure.pop_all()
    except BaseException:
        if folder is not None:
            folder.remove()  # a full disk needs the space
        raise
    return contents


def _begin_in(
    store: Store, pristine: Store, like: Contents | None, folder: WorldFolder | None, real: Now
) -> Contents:
    settings, own_clock = store.settings(), like.own_clock if like else None
    clock, incidents = starting_clock(settings, own_clock, real), Incidents(settings.incidents)
    if like:
        with store.transaction():
            store.logins.forget()
        clock.set(like.clock.now(), frozen=like.clock.frozen)
        incidents.copy_from(like.incidents, count=like.incidents.count)
    saved = save_state(pristine, "pristine", folder)
    contents = Contents(store, saved, clock, incidents, settings.scenario, own_clock, folder=folder)
    if folder is None:
        return contents
    contents.save_extras()
    return replace(contents, store=folder.begin(store))


def restore(folder: WorldFolder, *, real: Now = real_now) -> Contents:
    """The contents of the world in a folder, as they were left. Raises BadFolder."""
    store = folder.restore()
    try:
        extras = read_extras(store.extras())
        spent = read_spent(store.spent_incidents())
        pristine = folder.saved(extras.pristine)
        snapshots = Snapshots.restore(extras.snapshots, folder)
    except ValidationError as error:
        store.close()
        raise BadFolder(f"{folder.state} is damaged: how it stands is unknown") from error
    except BaseException:
        store.close()
        raise
    folder.tidy([extras.pristine, *(one.file for one in extras.snapshots)])
    clock = Clock(extras.offset, extras.stands_at, real)
    clock.go_on_from(max(extras.now or LONG_AGO, store.caught_up_until()))
    incidents = Incidents()
    incidents.copy_from([*spent, *extras.incidents], count=extras.incident_count)
    return Contents(
        store, pristine, clock, incidents, extras.begun_as, extras.beginning, snapshots, folder
    )


def save_state(state: Store, kind: str, folder: WorldFolder | None) -> SavedState:
    """Save a state, whose owner gives it up, so that a world can go back to it."""
    if folder is None:
        return InMemory(state)
    with closing(state):
        return folder.save(state, kind)


def starting_clock(settings: WorldSettings, own_clock: OwnClock | None, real: Now) -> Clock:
    """The clock of a world at its beginning: its own one, else that of its scenario."""
    start = (own_clock and own_clock.now) or settings.clock_now or real()
    frozen = own_clock.frozen if own_clock else settings.clock_frozen
    return Clock.starting_at(start, frozen=frozen, real=real)
