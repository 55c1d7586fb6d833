"""A world: its state as calls and time change it, and the states it can go back to."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from rdv_mock import paris
from rdv_mock.clock import Clock, stopwatch
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.world import ErrorKeys, ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.store import Store
from rdv_mock.store.folder import SavedState
from rdv_mock.store.logins import Logins
from rdv_mock.worlds import agenda, notices
from rdv_mock.worlds.callers import Callers
from rdv_mock.worlds.contents import Contents, begin, save_state, starting_clock
from rdv_mock.worlds.events import Event, WorldState, in_order
from rdv_mock.worlds.incidents import Armed, Incidents, Target
from rdv_mock.worlds.journal import Journal
from rdv_mock.worlds.rate_counter import RateCounter
from rdv_mock.worlds.snapshots import Snapshot

PRINCIPAL = "principal"
TakeOver = Callable[[Logins, Store], None]
"""Which logins a new state takes over of the state that it replaces."""
LONGEST_ADVANCE = timedelta(days=3653)
"""Ten years: the most by which one call may advance the clock.

See docs/contract/control_plane.md#clock.
"""


class ResetScope(StrEnum):
    """What a reset sets back."""

    ALL = "all"
    STATE = "state"
    CLOCK = "clock"
    INCIDENTS = "incidents"
    JOURNAL = "journal"
    LIMITS = "limits"


class World:
    """Everything that one vendor's test sees. Worlds share nothing of it."""

    def __init__(
        self,
        name: str,
        contents: Contents,
        *,
        error_keys: ErrorKeys = "both",
        journal: Journal | None = None,
    ) -> None:
        self.name = name
        self.is_dropped = False
        self.last_used = stopwatch()
        self.store = contents.store
        self.clock = contents.clock
        self.real = contents.clock.real
        self.incidents = contents.incidents
        self.snapshots = contents.snapshots
        self.begun_as = contents.begun_as
        self.own_clock = contents.own_clock
        self.journal = Journal() if journal is None else journal
        self.rate_counter = RateCounter()
        self.lock = asyncio.Lock()
        self._opening = Lock()
        self._pristine = contents.pristine
        self._folder = contents.folder
        self._default_error_keys = error_keys
        self.reload_settings()

    @property
    def _contents(self) -> Contents:
        return Contents(
            self.store,
            self._pristine,
            self.clock,
            self.incidents,
            self.begun_as,
            self.own_clock,
            self.snapshots,
            self._folder,
        )

    def save_extras(self) -> None:
        """Write what the tables do not hold beside them, where the world outlives the process."""
        self._contents.save_extras()

    def reload_settings(self) -> None:
        """Read the settings of the state; they change with the state alone."""
        self.settings: WorldSettings = self.store.settings()
        self.limits: Limits = default_limits().overridden(self.settings.limits)
        self._state = WorldState(self.store, self.limits, self.settings)
        self.callers = Callers(self.store)
        self._seen_writes = -1
        self._next_change_at: datetime | None = None

    @property
    def responses(self) -> Responses:
        """How answers are formed in this world."""
        return self.settings.responses

    @property
    def error_keys(self) -> ErrorKeys:
        """The keys of a refusal's code: those of the scenario, else those of the server."""
        return self.responses.error_keys or self._default_error_keys

    def override_of(self, error: ApiError) -> ErrorOverride:
        """What the scenario changes of an entry of the catalogue."""
        return self.settings.errors.get(error.code, ErrorOverride())

    def catch_up(self, now: datetime) -> Iterator[Event]:
        """Let everything happen that is due, step by step; one comparison when nothing is.

        The caller must hold `lock` until the last step.
        """
        if self.is_due(now):
            with self.store.transaction():
                yield from agenda.catch_up(self._state, now=now)
            self._find_next_change()

    def is_due(self, now: datetime) -> bool:
        """Whether a change is due by now that has not happened yet."""
        if self.store.event_writes != self._seen_writes:
            self._find_next_change()
        return self._next_change_at is not None and self._next_change_at <= now

    def _find_next_change(self) -> None:
        self._next_change_at = agenda.next_change_at(self._state)
        self._seen_writes = self.store.event_writes

    def strike(self, target: Target) -> Armed | None:
        """The incident that strikes a call, if any; its counters are saved."""
        armed = self.incidents.strike(target)
        if armed is not None and armed.is_over:
            self.save_extras()
        elif self._folder is not None:
            self._contents.save_strike()
        return armed

    def advance(
        self, to: datetime, *, now: datetime, frozen: bool | None = None
    ) -> Generator[Event, None, list[Event]]:
        """Move the clock forward to `to`, step by step; return all events of that time, in order.

        `frozen` says whether the clock is frozen then; None leaves it as it is. Raises
        HORLOGE_EN_ARRIERE when `to` is past, or more than ten years ahead.
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
            replace(self._contents, clock=clock).save_extras()
        self.clock = clock
        self._find_next_change()
        noticed = notices.notices(self._state, held, since=now, until=to)
        return in_order([*noticed, *happened])

    def reset(self, scope: ResetScope) -> None:
        """Go back to the beginning of the world; only a reset of everything ends tokens."""
        take_over = Logins.keep_of if scope is ResetScope.STATE else None
        self._return_to(self._pristine, scope, take_over)

    def load(self, pristine: Store, *, keep_sessions: bool = False) -> None:
        """Replace the world by that of another scenario; `keep_sessions` keeps the logins."""
        before, saved = self._pristine, save_state(pristine, "pristine", self._folder)
        own_clock, self.own_clock = self.own_clock, None
        take_over = Logins.add_of if keep_sessions else None
        try:
            self._return_to(saved, ResetScope.ALL, take_over)
        except BaseException:
            self.own_clock = own_clock
            saved.delete()
            raise
        self._forget(before)

    def _return_to(
        self, pristine: SavedState, scope: ResetScope, take_over: TakeOver | None
    ) -> None:
        """Take over from a pristine state what a scope names."""
        state, settings = None, self.settings
        if scope in {ResetScope.ALL, ResetScope.STATE}:
            if take_over is None:
                self._let_go()
            state = self._copy(pristine, take_over)
            settings = state.settings()
        clock, incidents = self.clock, self.incidents
        if scope in {ResetScope.ALL, ResetScope.CLOCK}:
            clock = starting_clock(settings, self.own_clock, self.real)
            _make_due_again(state or self.store, clock.now())
        if scope in {ResetScope.ALL, ResetScope.INCIDENTS}:
            incidents = Incidents(settings.incidents)
        self._replace_state(state, clock, incidents, pristine)
        if scope in {ResetScope.ALL, ResetScope.JOURNAL}:
            self.journal.clear()
        if scope in {ResetScope.ALL, ResetScope.LIMITS}:
            self.rate_counter.clear()

    def _let_go(self) -> None:
        """Give back a state of which nothing is needed, before another one takes as much memory.

        What comes next can fail for want of memory alone; then another reset mends the world.
        """
        if self._folder is None:
            self.store.close()

    def pristine(self) -> Store:
        """The state as loaded, for any thread; the caller copies and closes it."""
        with self._opening:
            return self._pristine.open()

    def fork(self, name: str, pristine: Store) -> "World":
        """Another world of the same scenario, as loaded; `pristine` is what `pristine()` gave."""
        return self._another(name, pristine, like=None)

    def copy(self, name: str) -> "World":
        """Another world in the state and at the time of this one, without its tokens."""
        return self._another(name, self.pristine(), like=self._contents)

    def _another(self, name: str, pristine: Store, *, like: Contents | None) -> "World":
        folder = None if self._folder is None else self._folder.sibling(name)
        return World(
            name,
            begin(pristine, like=like, folder=folder, real=self.real),
            error_keys=self._default_error_keys,
            journal=self.journal.another(),
        )

    def keep_snapshot(self, name: str) -> None:
        """Keep the present state and time under a name; this replaces a snapshot of that name."""
        state = save_state(self.store.copy(), "snapshot", self._folder)
        before = self.snapshots.pop(name, None)
        self.snapshots[name] = Snapshot(state, self.clock.now(), self.clock.frozen)
        self.save_extras()
        if before is not None:
            self._forget(before.state)

    def drop_snapshot(self, name: str) -> None:
        """Delete a snapshot. Raises INSTANTANE_INCONNU."""
        state = self.snapshots.find(name).state
        del self.snapshots[name]
        self.save_extras()
        self._forget(state)

    def _forget(self, saved: SavedState) -> None:
        """Delete a saved state, once the state on the disk does not name it any more."""
        self.store.sync()
        with self._opening:
            saved.delete()

    def go_back_to_snapshot(self, name: str) -> None:
        """Go back to a snapshot and its time; later logins stay. Raises INSTANTANE_INCONNU."""
        snapshot = self.snapshots.find(name)
        clock = Clock.starting_at(snapshot.now, frozen=snapshot.frozen, real=self.real)
        state = self._copy(snapshot.state, Logins.add_of)
        self._replace_state(state, clock, self.incidents, self._pristine)

    def _copy(self, saved: SavedState, take_over: TakeOver | None) -> Store:
        """A copy of a saved state, with what it takes over of the present one."""
        with closing(saved.open()) as store:
            state = store.copy()
        if take_over is not None:
            with state.transaction():
                take_over(state.logins, self.store)
        return state

    def _replace_state(
        self, state: Store | None, clock: Clock, incidents: Incidents, pristine: SavedState
    ) -> None:
        """Take another state, or keep the present one, with all else: at once, on disk too."""
        contents = replace(
            self._contents,
            store=state or self.store,
            clock=clock,
            incidents=incidents,
            pristine=pristine,
        )
        if state is None:
            contents.save_extras()
        elif self._folder is None:
            contents.save_extras()
            self.store.close()
            self.store = state
            self.reload_settings()
        else:
            with closing(state):
                contents.save_extras()
                self.store.replace_with(state)
            self.reload_settings()
        self.clock, self.incidents, self._pristine = clock, incidents, pristine

    def mark_dropped(self) -> None:
        """Refuse the calls that wait for this world, and end its journal."""
        if not self.is_dropped:
            self.is_dropped = True
            self.journal.end()

    def close(self) -> None:
        """Give the memory back, after a last save; later calls find no world."""
        with suppress(sqlite3.Error):  # on a full disk the time alone is lost
            self.save_extras()
        self._give_back()

    def _give_back(self) -> None:
        self.mark_dropped()
        self.snapshots.close()
        self.store.close()
        self._pristine.close()

    def drop(self) -> None:
        """Give the memory back, and delete the folder."""
        self._give_back()
        if self._folder is not None:
            self._folder.remove()


def _make_due_again(store: Store, now: datetime) -> None:
    """Make due again what happened after `now`."""
    with store.transaction():
        store.save_caught_up_until(min(store.caught_up_until(), now))
