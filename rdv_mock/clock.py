"""The one place where real time is read, and the clock of a world that is built upon it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def real_now() -> datetime:
    """The present instant of the real world, in UTC."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds that only ever go forward, to measure how long something took."""
    return time.perf_counter()


@dataclass(slots=True)
class Clock:
    """The clock of a world: real time plus an offset, or frozen.

    `stands_at` is the instant that a frozen clock shows; None while the clock runs.
    """

    offset: timedelta = timedelta()
    stands_at: datetime | None = None
    real: Now = real_now
    _shown: datetime = field(default=LONG_AGO, compare=False)

    @classmethod
    def starting_at(cls, now: datetime, *, frozen: bool, real: Now = real_now) -> "Clock":
        """A clock that shows `now`, and is frozen there or runs from there."""
        clock = cls(real=real)
        clock.set(now, frozen=frozen)
        return clock

    def now(self) -> datetime:
        """The present instant of the world, in UTC; never before an instant that was shown.

        When the real clock is set back, this one runs on from where it is.
        """
        if self.stands_at is not None:
            return self.stands_at
        real = self.real()
        now = real + self.offset
        if now < self._shown:
            self.offset = self._shown - real
            return self._shown
        self._shown = now
        return now

    def go_on_from(self, shown: datetime) -> None:
        """Show no instant before `shown`, which was shown already, if the clock runs."""
        self._shown = max(self._shown, shown)

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self.stands_at is not None

    def set(self, now: datetime, *, frozen: bool) -> None:
        """Show `now`, and freeze there or run from there."""
        self.offset = now - self.real()
        self.stands_at = now if frozen else None
        self._shown = now
