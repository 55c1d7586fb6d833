"""Which operation of the real document is which of ours."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdv_mock.diff.operation import PARAMETER, DocumentedOperation

PairedAddress = tuple[str, str]
"""A method, and a path without the names of its parameters."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation with the whole path at which its document puts it."""

    operation: DocumentedOperation
    path: str

    @property
    def address(self) -> PairedAddress:
        """Where it is found."""
        return self.operation.method, PARAMETER.sub("{}", self.path).rstrip("/")

    @property
    def name(self) -> str:
        """What it is called in a finding."""
        return f"{self.operation.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Matches:
    """Operations of both documents, and those of one alone.

    `base` is the path under which the real ones were found, `declared` what their servers say.
    """

    pairs: tuple[tuple[Placed, Placed], ...]
    only_ours: tuple[Placed, ...]
    only_real: tuple[Placed, ...]
    twice: tuple[Placed, ...]
    base: str
    declared: tuple[str, ...]


def match(
    ours: Sequence[DocumentedOperation],
    real: Sequence[DocumentedOperation],
    declared: Sequence[str],
) -> Matches:
    """Pair operations by method and path, then by operationId.

    The real document may put a part of the path into its servers, or leave it out altogether:
    of the bases that its servers name, none, and the beginnings of our paths, the one holds that
    brings most operations together.
    """
    placed = [Placed(one, one.bases[0] + one.path) for one in ours]
    addresses = {one.address: one for one in placed}
    bases = dict.fromkeys([*declared, "", *_beginnings(one.path for one in placed)])
    base = max(bases, key=lambda base: _score(base, real, addresses))
    pairs: dict[PairedAddress, tuple[Placed, Placed]] = {}
    left: list[Placed] = []
    twice: list[Placed] = []
    for operation in real:
        found = [Placed(operation, one + operation.path) for one in _bases(operation, base)]
        one = next((one for one in found if one.address in addresses), found[0])
        if one.address in pairs:
            twice.append(one)
        elif one.address in addresses:
            pairs[one.address] = (addresses[one.address], one)
        else:
            left.append(one)
    only_ours = [one for one in placed if one.address not in pairs]
    moved = _moved(only_ours, left)
    gone = {id(one) for pair in moved for one in pair}
    return Matches(
        pairs=(*pairs.values(), *moved),
        only_ours=tuple(one for one in only_ours if id(one) not in gone),
        only_real=tuple(one for one in left if id(one) not in gone),
        twice=tuple(twice),
        base=base,
        declared=tuple(declared),
    )


def _beginnings(paths: Iterable[str]) -> Iterable[str]:
    """Every beginning of a path, the shortest ones first."""
    found = set()
    for path in paths:
        segments = path.split("/")[1:-1]
        found |= {"".join(f"/{s}" for s in segments[: end + 1]) for end in range(len(segments))}
    return sorted(found, key=lambda beginning: (beginning.count("/"), beginning))


def _score(
    base: str, real: Sequence[DocumentedOperation], addresses: Iterable[PairedAddress]
) -> int:
    return sum(
        Placed(one, base + one.path).address in addresses for one in real if not one.has_own_bases
    )


def _bases(operation: DocumentedOperation, base: str) -> Sequence[str]:
    return operation.bases if operation.has_own_bases else (base,)


def _moved(ours: Sequence[Placed], real: Sequence[Placed]) -> list[tuple[Placed, Placed]]:
    """Operations that have one operationId, which no other has, and different addresses."""
    by_id = {one.operation.id: one for one in _with_own_id(real)}
    return [
        (one, by_id[one.operation.id]) for one in _with_own_id(ours) if one.operation.id in by_id
    ]


def _with_own_id(placed: Sequence[Placed]) -> Iterable[Placed]:
    ids = Counter(one.operation.id for one in placed)
    return [one for one in placed if one.operation.id and ids[one.operation.id] == 1]
