"""The incidents of a world: which one strikes a call, and how often yet."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.hints import suggestion

CONTROL = "/_mock"
_PREFIX = "incident-"
MOST_INCIDENTS = 1_000
"""Incidents that may be added to: each call looks through all that are not spent."""
MOST_SPENT = 100
"""Spent incidents that are remembered: of more, the last ones."""


@dataclass(slots=True)
class Armed:
    """An incident with its id, how many calls have matched, and how many it has struck."""

    id: str
    incident: Incident
    seen: int = 0
    struck: int = 0

    @property
    def number(self) -> int:
        """Which one of its world it is, in the order of their declaration."""
        return int(self.id.removeprefix(_PREFIX))

    @property
    def restants(self) -> int | None:
        """How many calls it has still to strike; None when it never ends."""
        times = self.incident.times
        return None if times is None else max(0, times - self.struck)

    @property
    def is_over(self) -> bool:
        """Whether it has struck as often as it was told to."""
        return self.restants == 0

    def left(self) -> Incident:
        """The incident as it would have to be declared to go on from here."""
        return replace(
            self.incident, after=max(0, self.incident.after - self.seen), times=self.restants
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What an incident can know of a call before anything is refused."""

    operation: str
    method: str
    path: str
    employe_id: str | None
    auto_ecole_id: str | None


class Incidents:
    """Those that are declared, in their order: the first one that strikes wins.

    Those that are spent are only remembered: no call looks at them.
    """

    def __init__(self, declared: Iterable[Incident] = ()) -> None:
        self._armed: list[Armed] = []
        self._spent: deque[Armed] = deque(maxlen=MOST_SPENT)
        self._count = 0
        for incident in declared:
            self.declare(incident)

    def __len__(self) -> int:
        """How many may still strike."""
        return len(self._armed)

    def __iter__(self) -> Iterator[Armed]:
        """All of them, spent ones too, in the order of their declaration."""
        return iter(sorted([*self._spent, *self._armed], key=lambda one: one.number))

    @property
    def armed(self) -> Sequence[Armed]:
        """Those that may still strike, in the order of their declaration."""
        return self._armed

    @property
    def spent(self) -> Sequence[Armed]:
        """Those that are spent, in the order in which they were."""
        return self._spent

    def complaint_of(self, more: int) -> str | None:
        """What there is to say against so many more: nothing as long as there is room."""
        if not more or len(self._armed) + more <= MOST_INCIDENTS:
            return None
        return f"il y a déjà {len(self._armed)} incidents, sur {MOST_INCIDENTS} ; retirez-en"

    def declare(self, incident: Incident) -> Armed:
        """Arm one more."""
        self._count += 1
        armed = Armed(f"{_PREFIX}{self._count}", incident)
        self._armed.append(armed)
        return armed

    @property
    def count(self) -> int:
        """How many were ever declared."""
        return self._count

    def copy_from(self, others: Iterable[Armed], *, count: int) -> None:
        """Copy the incidents of another world; `count` is how many that world has declared."""
        copies = [_copy_of(armed) for armed in others]
        self._armed = [one for one in copies if not one.is_over]
        self._spent = deque((one for one in copies if one.is_over), maxlen=MOST_SPENT)
        self._count = count

    def get(self, id_: str) -> Armed:
        """One of them; INCIDENT_INCONNU when there is none with this id."""
        for armed in self:
            if armed.id == id_:
                return armed
        hint = suggestion(id_, [armed.id for armed in self])
        raise Refusal(ApiError.INCIDENT_INCONNU, hint=hint)

    def remove(self, id_: str) -> None:
        """Disarm one; INCIDENT_INCONNU when there is none with this id."""
        armed = self.get(id_)
        (self._spent if armed.is_over else self._armed).remove(armed)

    def clear(self) -> None:
        """Disarm all, and remember none."""
        self._armed.clear()
        self._spent.clear()

    def strike(self, target: Target) -> Armed | None:
        """The first incident that strikes a call; those before it have seen the call go by."""
        for armed in self._armed:
            if matches(armed.incident, target):
                armed.seen += 1
                if armed.seen > armed.incident.after:
                    armed.struck += 1
                    if armed.is_over:
                        self._armed.remove(armed)
                        self._spent.append(armed)
                    return armed
        return None


def _copy_of(armed: Armed) -> Armed:
    """An incident with counters of its own."""
    return Armed(armed.id, armed.incident, armed.seen, armed.struck)


def matches(incident: Incident, target: Target) -> bool:
    """Whether an incident is about a call: everything that it names has to agree."""
    return (
        incident.operation in {None, target.operation}
        and (incident.method is None or incident.method.upper() == target.method)
        and (incident.path is None or fits(incident.path, target.path))
        and incident.employe in {None, target.employe_id}
        and incident.auto_ecole in {None, target.auto_ecole_id}
    )


def fits(pattern: str, path: str) -> bool:
    """Whether a path is what a pattern says, where `*` stands for anything."""
    first, *others = pattern.split("*")
    if not others:
        return path == pattern
    *middle, last = others
    at, end = len(first), len(path) - len(last)
    if at > end or not path.startswith(first) or not path.endswith(last):
        return False
    for part in middle:
        found = path.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def could_be_control(pattern: str) -> bool:
    """Whether a pattern could fit an address of the control plane, which no incident touches."""
    first = pattern.partition("*")[0]
    return first.startswith(CONTROL) or ("*" in pattern and CONTROL.startswith(first))
