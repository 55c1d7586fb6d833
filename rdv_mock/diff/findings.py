"""What a comparison has found."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

Said = str | tuple[str, ...] | None
"""What one side says: a text, names that it alone has, or nothing."""

KINDS: Mapping[str, str] = {
    "operation": "an operation that only one document has",
    "moved": "the same operationId at another address",
    "base": "the path under which all operations stand",
    "path": "another way to write the same path, such as {id} for {panierId}",
    "deprecated": "what is on its way out",
    "access": "what a caller must show",
    "scopes": "the scopes of an operation",
    "parameter": "a parameter that only one document has",
    "body": "a request body that only one document has",
    "status": "a status that only one document has",
    "media": "a media type that only one document has",
    "header": "a header of an answer that only one document has",
    "codes": "error codes that the examples of only one document show",
    "callback": "a call that only one document promises to make",
    "field": "a field that only one document has",
    "required": "what must be given, or is always there",
    "type": "the type of a value",
    "nullable": "whether a value may be null",
    "values": "values of an enum that only one document has",
    "style": "how an array is written in a parameter",
    "more": "whether an object may have other fields",
    "format": "the format of a text or number",
    "pattern": "the pattern of a text",
    "bound": "a least or greatest value, length or number",
    "default": "what holds when nothing is given",
}
"""Every kind of difference."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a difference was met: an operation, a part of it, and a field of that part."""

    operation: str
    part: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference, with every place at which it was met.

    `schema` is the component of ours that it lies in, `field` where in it; `keyword` is the word
    of JSON Schema for a bound.
    """

    kind: str
    ours: Said
    real: Said
    places: tuple[Spot, ...]
    schema: str | None = None
    field: str = ""
    keyword: str = ""

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in which it was met, each once."""
        return tuple(dict.fromkeys(place.operation for place in self.places))


@dataclass(frozen=True, slots=True)
class Side:
    """What was compared: its title and version, and how many operations it has."""

    title: str
    operations: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents compared."""

    ours: Side
    real: Side
    in_both: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    def without(self, kinds: Collection[str]) -> "Comparison":
        """The comparison without some kinds of difference."""
        kept = tuple(finding for finding in self.findings if finding.kind not in kinds)
        return replace(self, findings=kept)


def gathered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings, those that say the same of one schema or of several operations made one."""
    places: dict[Finding, dict[Spot, None]] = {}
    for finding in findings:
        [place] = finding.places
        of = Spot("") if finding.schema else Spot("", place.part, place.field)
        places.setdefault(replace(finding, places=(of,)), {})[place] = None
    return tuple(replace(key, places=tuple(met)) for key, met in places.items())
