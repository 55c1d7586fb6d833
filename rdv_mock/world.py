"""A world: one state, one clock, and the pristine copy to go back to."""

import asyncio
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from rdv_mock import agenda, paris
from rdv_mock.agenda import Event, Life
from rdv_mock.clock import Clock, Now, real_now
from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.world import ErrorKeys, ErrorOverride, Responses, WorldSettings
from rdv_mock.fixtures import Limits, default_limits
from rdv_mock.rules.rate_limit import Bucket, Window
from rdv_mock.store import Store

PRINCIPAL = "principal"
LONGEST_ADVANCE = timedelta(days=3653)
"""Ten years: what one call may advance at most (design.md 7)."""


class ResetScope(StrEnum):
    """What a reset takes back."""

    ALL = "all"
    STATE = "state"
    CLOCK = "clock"
    LIMITS = "limits"


class World:
    """Everything that one vendor's test sees; worlds know nothing of each other."""

    def __init__(
        self,
        name: str,
        pristine: Store,
        *,
        real: Now = real_now,
        error_keys: ErrorKeys = "both",
    ) -> None:
        self.name = name
        self._default_error_keys = error_keys
        self._pristine = pristine
        self._real = real
        self.store = pristine.copy()
        self.settle()
        self.clock = self._new_clock()
        self.lock = asyncio.Lock()
        self._calls: dict[tuple[str, bool], tuple[datetime, int]] = {}

    def settle(self) -> None:
        """Read the settings once; they change only with the state."""
        self.settings: WorldSettings = self.store.settings()
        self.limits: Limits = default_limits().overridden(self.settings.limits)
        self._life = Life(self.store, self.limits, self.settings)
        self._seen_changes = -1
        self._next_event_at: datetime | None = None

    def _new_clock(self) -> Clock:
        start = self.settings.clock_now or self._real()
        return Clock.starting_at(start, frozen=self.settings.clock_frozen, real=self._real)

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
                yield from agenda.catch_up(self._life, now=now)
            self._note_next_event()

    def is_due(self, now: datetime) -> bool:
        """Whether anything should have happened by now that has not."""
        if self.store.changes != self._seen_changes:
            self._note_next_event()
        return self._next_event_at is not None and self._next_event_at <= now

    def _note_next_event(self) -> None:
        self._next_event_at = agenda.next_event_at(self._life)
        self._seen_changes = self.store.changes

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
        happened, held = [], agenda.held_until(self._life)
        for event in self.catch_up(to):
            happened.append(event)
            yield event
        self.clock.set(to, frozen=self.clock.frozen if frozen is None else frozen)
        noticed = agenda.notices(self._life, held, since=now, until=to)
        return agenda.in_order([*noticed, *happened])

    def reset(self, scope: ResetScope) -> None:
        """Be again as the scenario was loaded; tokens end with a reset of everything alone."""
        if scope in {ResetScope.ALL, ResetScope.STATE}:
            self._restore_state(keep_sessions=scope is ResetScope.STATE)
        if scope in {ResetScope.ALL, ResetScope.CLOCK}:
            self.clock = self._new_clock()
            self._live_again()
        if scope in {ResetScope.ALL, ResetScope.LIMITS}:
            self._calls.clear()

    def _live_again(self) -> None:
        """Let what the clock has gone back behind be due once more."""
        with self.store.transaction():
            until = min(self.store.lived_until(), self.clock.now())
            self.store.save_lived_until(until)

    def load(self, pristine: Store) -> None:
        """Become the world of another scenario."""
        self._pristine.close()
        self._pristine = pristine
        self.reset(ResetScope.ALL)

    def _restore_state(self, *, keep_sessions: bool) -> None:
        before, self.store = self.store, self._pristine.copy()
        if keep_sessions:
            with self.store.transaction():
                self.store.keep_sessions_of(before)
        before.close()
        self.settle()

    def close(self) -> None:
        """Give the memory back."""
        self.store.close()
        self._pristine.close()
