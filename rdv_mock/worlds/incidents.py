"""The incidents of a world: which one strikes a call, and how often it has done so."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.incident import Incident
from rdv_mock.hints import suggestion

CONTROL = "/_mock"
_PREFIX = "incident-"
MOST_INCIDENTS = 1_000
"""The most incidents that are not spent: each call looks through all of them."""
MOST_SPENT = 100
"""The most spent incidents that are remembered; older ones are dropped."""


@dataclass(slots=True)
class Armed:
    """An incident with its id, how many calls have matched, and how many it has struck."""

    id: str
    incident: Incident
    seen: int = 0
    struck: int = 0

    @property
    def number(self) -> int:
        """Its number in the order of declaration in its world."""
        return int(self.id.removeprefix(_PREFIX))

    @property
    def restants(self) -> int | None:
        """The number of calls that it will still strike; None when it never ends."""
        times = self.incident.times
        return None if times is None else max(0, times - self.struck)

    @property
    def is_over(self) -> bool:
        """Whether it is spent: it has struck as often as declared."""
        return self.restants == 0

    def left(self) -> Incident:
        """The incident that continues this one, if it is declared anew."""
        return replace(
            self.incident, after=max(0, self.incident.after - self.seen), times=self.restants
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What of a call an incident is matched against, before anything is refused."""

    operation: str
    method: str
    path: str
    employe_id: str | None
    auto_ecole_id: str | None


class Incidents:
    """The declared incidents of a world in their order: the first one that strikes wins.

    Spent incidents are remembered for the list alone: no call looks through them.
    """

    def __init__(self, declared: Iterable[Incident] = ()) -> None:
        self._armed: list[Armed] = []
        self._spent: deque[Armed] = deque(maxlen=MOST_SPENT)
        self._count = 0
        for incident in declared:
            self.declare(incident)

    def __len__(self) -> int:
        """The number of incidents that may still strike."""
        return len(self._armed)

    def __iter__(self) -> Iterator[Armed]:
        """All incidents, spent ones too, in the order of declaration."""
        return iter(sorted([*self._spent, *self._armed], key=lambda one: one.number))

    @property
    def armed(self) -> Sequence[Armed]:
        """The incidents that may still strike, in the order of declaration."""
        return self._armed

    @property
    def spent(self) -> Sequence[Armed]:
        """The spent incidents, the first one that was spent first."""
        return self._spent

    def complaint_of(self, more: int) -> str | None:
        """Why `more` incidents cannot be added, in French; None when there is room for them."""
        if not more or len(self._armed) + more <= MOST_INCIDENTS:
            return None
        return f"il y a déjà {len(self._armed)} incidents, sur {MOST_INCIDENTS} ; retirez-en"

    def declare(self, incident: Incident) -> Armed:
        """Arm an incident, after those that are declared already."""
        self._count += 1
        armed = Armed(f"{_PREFIX}{self._count}", incident)
        self._armed.append(armed)
        return armed

    @property
    def count(self) -> int:
        """The number of incidents that were ever declared."""
        return self._count

    def copy_from(self, others: Iterable[Armed], *, count: int) -> None:
        """Copy the incidents of another world; `count` is how many that world has declared."""
        copies = [_copy_of(armed) for armed in others]
        self._armed = [one for one in copies if not one.is_over]
        self._spent = deque((one for one in copies if one.is_over), maxlen=MOST_SPENT)
        self._count = count

    def get(self, id_: str) -> Armed:
        """The incident with this id. Raises INCIDENT_INCONNU."""
        for armed in self:
            if armed.id == id_:
                return armed
        hint = suggestion(id_, [armed.id for armed in self])
        raise Refusal(ApiError.INCIDENT_INCONNU, hint=hint)

    def remove(self, id_: str) -> None:
        """Disarm the incident with this id. Raises INCIDENT_INCONNU."""
        armed = self.get(id_)
        (self._spent if armed.is_over else self._armed).remove(armed)

    def clear(self) -> None:
        """Disarm and forget all incidents."""
        self._armed.clear()
        self._spent.clear()

    def strike(self, target: Target) -> Armed | None:
        """The first incident that strikes a call, if any; all that match count the call."""
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
    """Whether a call agrees with everything that an incident names."""
    return (
        incident.operation in {None, target.operation}
        and (incident.method is None or incident.method.upper() == target.method)
        and (incident.path is None or fits(incident.path, target.path))
        and incident.employe in {None, target.employe_id}
        and incident.auto_ecole in {None, target.auto_ecole_id}
    )


def fits(pattern: str, path: str) -> bool:
    """Whether a path matches a pattern, in which `*` means any text."""
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
    """Whether a pattern could match an address of the control plane, which has no incidents."""
    first = pattern.partition("*")[0]
    return first.startswith(CONTROL) or ("*" in pattern and CONTROL.startswith(first))
