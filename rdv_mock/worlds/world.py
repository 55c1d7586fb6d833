"""A world: one state, one clock, and the pristine copy to go back to."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from pydantic import ValidationError

from rdv_mock import paris
from rdv_mock.clock import LONG_AGO, Clock, Now, real_now, stopwatch
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.world import ErrorKeys, ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.hints import suggestion
from rdv_mock.rules.rate_limit import Bucket, Window
from rdv_mock.store import Store
from rdv_mock.store.folder import BadFolder, InFile, InMemory, Kept, WorldFolder
from rdv_mock.worlds import agenda, notices
from rdv_mock.worlds.events import Event, WorldState, in_order
from rdv_mock.worlds.incidents import Armed, Incidents, Target
from rdv_mock.worlds.journal import Journal
from rdv_mock.worlds.saved import (
    Beginning,
    KeptSnapshot,
    Standing,
    read_spent,
    read_standing,
    write_spent,
    write_standing,
)

PRINCIPAL = "principal"
TakeOver = Callable[[Store, Store], None]
"""What one state takes over of another one that it comes after."""
LONGEST_ADVANCE = timedelta(days=3653)
"""Ten years: what one call may advance at most (design.md 7)."""


class ResetScope(StrEnum):
    """What a reset takes back."""

    ALL = "all"
    STATE = "state"
    CLOCK = "clock"
    INCIDENTS = "incidents"
    JOURNAL = "journal"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state that was kept, and the time it was then."""

    state: Kept
    now: datetime
    frozen: bool


class World:
    """Everything that one vendor's test sees; worlds know nothing of each other."""

    def __init__(
        self,
        name: str,
        pristine: Store | None,
        *,
        real: Now = real_now,
        error_keys: ErrorKeys = "both",
        journal: Journal | None = None,
        present: "World | None" = None,
        folder: WorldFolder | None = None,
    ) -> None:
        """A world as its scenario was loaded, or, with `present`, as another one is now.

        In a folder it outlives the process; without `pristine` it goes on as it was left there.
        Raises BadFolder when it cannot.
        """
        self.name = name
        self.is_dropped = False
        self.last_used = stopwatch()
        self._default_error_keys = error_keys
        self._folder = folder
        self.real = real
        self.journal = Journal() if journal is None else journal
        self.snapshots: dict[str, Snapshot] = {}
        self.lock = asyncio.Lock()
        self._going_back = Lock()
        self._calls: dict[tuple[str, bool], tuple[datetime, int]] = {}
        if pristine is not None:
            try:
                self._begin(pristine, present)
            except BaseException:
                if folder is not None:
                    folder.remove()  # a disk that is full needs the place
                raise
        elif folder is not None:
            self._go_on(folder)

    def _begin(self, pristine: Store, present: "World | None") -> None:
        with ExitStack() as on_failure:
            self.store: Store = (present.store if present else pristine).copy()
            on_failure.callback(self.store.close)
            self._settle_in(pristine, present)
            on_failure.pop_all()

    def _settle_in(self, pristine: Store, present: "World | None") -> None:
        self.settle()
        self.begun_as = self.settings.scenario
        self.beginning: Beginning | None = present.beginning if present else None
        self.clock = self._new_clock(self.settings)
        self.incidents = Incidents(self.settings.incidents)
        if present:
            with self.store.transaction():
                self.store.forget_sessions()
            self.clock.set(present.clock.now(), frozen=present.clock.frozen)
            self.incidents.arm_like(present.incidents, count=present.incidents.count)
        self._pristine = self._keep(pristine, "pristine")
        if self._folder is not None:
            self.note()
            self.store = self._folder.begin(self.store)
            self.settle()

    def _go_on(self, folder: WorldFolder) -> None:
        self.store = folder.go_on()
        try:
            standing = read_standing(self.store.standing())
            spent = read_spent(self.store.spent())
            self._pristine = folder.kept(standing.pristine)
            self.snapshots = {
                one.name: Snapshot(folder.kept(one.file), one.now, one.frozen)
                for one in standing.snapshots
            }
        except ValidationError as error:
            self.store.close()
            raise BadFolder(f"{folder.state} is damaged: how it stands is unknown") from error
        except BaseException:
            self.store.close()
            raise
        folder.tidy([standing.pristine, *(one.file for one in standing.snapshots)])
        self.settle()
        self.begun_as = standing.begun_as
        self.beginning = standing.beginning
        self.clock = Clock(standing.offset, standing.stands_at, self.real)
        self.clock.go_on_from(max(standing.now or LONG_AGO, self.store.lived_until()))
        self.incidents = Incidents()
        self.incidents.arm_like([*spent, *standing.incidents], count=standing.incident_count)

    def _keep(self, state: Store, kind: str) -> Kept:
        """Keep a state, which is nobody else's, to go back to it."""
        if self._folder is None:
            return InMemory(state)
        with closing(state):
            return self._folder.keep(state, kind)

    def note(self) -> None:
        """Write how the world stands besides its tables, where it outlives the process."""
        self._note_in(self.store, self.clock, self.incidents, self._pristine)

    def _note_in(self, store: Store, clock: Clock, incidents: Incidents, pristine: Kept) -> None:
        if isinstance(pristine, InFile):
            standing = self._standing(clock, incidents, pristine)
            store.save_standing(standing, write_spent(incidents.spent))

    def _standing(self, clock: Clock, incidents: Incidents, pristine: InFile) -> str:
        return write_standing(
            Standing(
                begun_as=self.begun_as,
                offset=clock.offset,
                stands_at=clock.stands_at,
                now=clock.now(),
                incidents=tuple(incidents.armed),
                incident_count=incidents.count,
                pristine=pristine.path.name,
                snapshots=tuple(
                    KeptSnapshot(name, one.state.path.name, one.now, one.frozen)
                    for name, one in self.snapshots.items()
                    if isinstance(one.state, InFile)
                ),
                beginning=self.beginning,
            )
        )

    def settle(self) -> None:
        """Read the settings once; they change only with the state."""
        self.settings: WorldSettings = self.store.settings()
        self.limits: Limits = default_limits().overridden(self.settings.limits)
        self._state = WorldState(self.store, self.limits, self.settings)
        self._seen_writes = -1
        self._next_change_at: datetime | None = None

    def _new_clock(self, settings: WorldSettings) -> Clock:
        own = self.beginning
        start = (own and own.now) or settings.clock_now or self.real()
        frozen = own.frozen if own else settings.clock_frozen
        return Clock.starting_at(start, frozen=frozen, real=self.real)

    @property
    def responses(self) -> Responses:
        """How answers are formed in this world."""
        return self.settings.responses

    @property
    def error_keys(self) -> ErrorKeys:
        """Under which keys a refusal shows its code: as the scenario says, else the settings."""
        return self.responses.error_keys or self._default_error_keys

    def override_of(self, error: ApiError) -> ErrorOverride:
        """What the scenario says of a code instead of the catalogue."""
        return self.settings.errors.get(error.code, ErrorOverride())

    def catch_up(self, now: datetime) -> Iterator[Event]:
        """Let happen what is due, step by step; costs one comparison when nothing is.

        Who takes the steps holds the `lock`: nobody else may touch the world in between.
        """
        if self.is_due(now):
            with self.store.transaction():
                yield from agenda.catch_up(self._state, now=now)
            self._find_next_change()

    def is_due(self, now: datetime) -> bool:
        """Whether anything should have happened by now that has not."""
        if self.store.event_writes != self._seen_writes:
            self._find_next_change()
        return self._next_change_at is not None and self._next_change_at <= now

    def _find_next_change(self) -> None:
        self._next_change_at = agenda.next_change_at(self._state)
        self._seen_writes = self.store.event_writes

    def strike(self, target: Target) -> Armed | None:
        """The incident that strikes a call, if any does."""
        armed = self.incidents.strike(target)
        if armed is not None and armed.is_over:
            self.note()
        elif isinstance(self._pristine, InFile):
            self.store.save_standing(self._standing(self.clock, self.incidents, self._pristine))
        return armed

    def count_call(self, bucket: Bucket, window: Window) -> int:
        """Count one more call; how many there were before it in this window."""
        key = (bucket.owner_id, bucket.crenodispo)
        begin, count = self._calls.get(key, (window.begin, 0))
        before = count if begin == window.begin else 0
        self._calls[key] = (window.begin, before + 1)
        return before

    def advance(
        self, to: datetime, *, now: datetime, frozen: bool | None = None
    ) -> Generator[Event, None, list[Event]]:
        """Move the clock forward, step by step; returns all that has happened, in order.

        Raises HORLOGE_EN_ARRIERE when `to` is past, or more than ten years ahead.
        """
        if not now <= to <= now + LONGEST_ADVANCE or to.year > paris.LAST_YEAR:
            raise Refusal(ApiError.HORLOGE_EN_ARRIERE)
        happened, held = [], notices.held_until(self._state)
        frozen = self.clock.frozen if frozen is None else frozen
        with self.store.transaction():
            for event in agenda.catch_up(self._state, now=to):
                happened.append(event)
                yield event
            clock = Clock.starting_at(to, frozen=frozen, real=self.real)
            self._note_in(self.store, clock, self.incidents, self._pristine)
        self.clock = clock
        self._find_next_change()
        noticed = notices.notices(self._state, held, since=now, until=to)
        return in_order([*noticed, *happened])

    def reset(self, scope: ResetScope) -> None:
        """Be again as the world was made; tokens end with a reset of everything alone."""
        take_over = Store.keep_sessions_of if scope is ResetScope.STATE else None
        self._go_back_to(self._pristine, scope, take_over)

    def load(self, pristine: Store, *, keep_sessions: bool = False) -> None:
        """Become the world of another scenario; whoever is logged in stays so, if that is asked."""
        before, kept = self._pristine, self._keep(pristine, "pristine")
        beginning, self.beginning = self.beginning, None
        take_over = Store.add_sessions_of if keep_sessions else None
        try:
            self._go_back_to(kept, ResetScope.ALL, take_over)
        except BaseException:
            self.beginning = beginning
            kept.forget()
            raise
        self._forget(before)

    def _go_back_to(self, pristine: Kept, scope: ResetScope, take_over: TakeOver | None) -> None:
        """Be again as a pristine state is, in some respects or in all."""
        state, settings = None, self.settings
        if scope in {ResetScope.ALL, ResetScope.STATE}:
            state = self._copy(pristine, take_over)
            settings = state.settings()
        clock, incidents = self.clock, self.incidents
        if scope in {ResetScope.ALL, ResetScope.CLOCK}:
            clock = self._new_clock(settings)
            _live_again(state or self.store, clock.now())
        if scope in {ResetScope.ALL, ResetScope.INCIDENTS}:
            incidents = Incidents(settings.incidents)
        self._become(state, clock, incidents, pristine)
        if scope in {ResetScope.ALL, ResetScope.JOURNAL}:
            self.journal.clear()
        if scope in {ResetScope.ALL, ResetScope.LIMITS}:
            self._calls.clear()

    def pristine(self) -> Store:
        """The state as it was loaded, to be copied and closed by who asks: from any thread."""
        with self._going_back:
            return self._pristine.open()

    def fork(self, name: str, pristine: Store) -> "World":
        """Another world of the same scenario, as it was loaded: in this pristine state of ours."""
        return self._another(name, pristine, present=None)

    def copy(self, name: str) -> "World":
        """Another world, in the state and at the time of this one; its tokens are its own."""
        return self._another(name, self.pristine(), present=self)

    def _another(self, name: str, pristine: Store, *, present: "World | None") -> "World":
        return World(
            name,
            pristine,
            real=self.real,
            error_keys=self._default_error_keys,
            journal=self.journal.another(),
            present=present,
            folder=None if self._folder is None else self._folder.sibling(name),
        )

    def keep(self, name: str) -> None:
        """Keep the present state and time under a name; what had that name is forgotten."""
        state = self._keep(self.store.copy(), "snapshot")
        before = self.snapshots.pop(name, None)
        self.snapshots[name] = Snapshot(state, self.clock.now(), self.clock.frozen)
        self.note()
        if before is not None:
            self._forget(before.state)

    def snapshot(self, name: str) -> "Snapshot":
        """What was kept under a name; INSTANTANE_INCONNU when nothing was."""
        snapshot = self.snapshots.get(name)
        if snapshot is None:
            raise Refusal(ApiError.INSTANTANE_INCONNU, hint=suggestion(name, self.snapshots))
        return snapshot

    def drop_snapshot(self, name: str) -> None:
        """Forget what was kept under a name."""
        state = self.snapshot(name).state
        del self.snapshots[name]
        self.note()
        self._forget(state)

    def _forget(self, kept: Kept) -> None:
        """Give back what nobody goes back to, once the disk holds a state that does not name it."""
        self.store.sync()
        with self._going_back:
            kept.forget()

    def go_back(self, name: str) -> None:
        """Be again as a snapshot is, time included; whoever has logged in since stays so."""
        snapshot = self.snapshot(name)
        clock = Clock.starting_at(snapshot.now, frozen=snapshot.frozen, real=self.real)
        state = self._copy(snapshot.state, Store.add_sessions_of)
        self._become(state, clock, self.incidents, self._pristine)

    def _copy(self, kept: Kept, take_over: TakeOver | None) -> Store:
        """The state that was kept, for this world to be in."""
        with closing(kept.open()) as store:
            state = store.copy()
        if take_over is not None:
            with state.transaction():
                take_over(state, self.store)
        return state

    def _become(
        self, state: Store | None, clock: Clock, incidents: Incidents, pristine: Kept
    ) -> None:
        """Be in this state, or stay in the same, as of now: all at once, on disk too."""
        if state is None:
            self._note_in(self.store, clock, incidents, pristine)
        elif self._folder is None:
            self._note_in(state, clock, incidents, pristine)
            self.store.close()
            self.store = state
            self.settle()
        else:
            with closing(state):
                self._note_in(state, clock, incidents, pristine)
                self.store.become(state)
            self.settle()
        self.clock, self.incidents, self._pristine = clock, incidents, pristine

    def leave(self) -> None:
        """Say that it is no more: calls that wait for it find nothing."""
        if not self.is_dropped:
            self.is_dropped = True
            self.journal.end()

    def close(self) -> None:
        """Give the memory back; calls that still come find a world that is no more."""
        with suppress(sqlite3.Error):  # of a disk that is full: then the time alone is lost
            self.note()
        self._give_back()

    def _give_back(self) -> None:
        self.leave()
        for snapshot in self.snapshots.values():
            snapshot.state.close()
        self.store.close()
        self._pristine.close()

    def drop(self) -> None:
        """End for good, on disk too."""
        self._give_back()
        if self._folder is not None:
            self._folder.remove()


def _live_again(store: Store, now: datetime) -> None:
    """Let what the clock has gone back behind be due once more."""
    with store.transaction():
        store.save_lived_until(min(store.lived_until(), now))
