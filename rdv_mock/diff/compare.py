"""What two documents say differently, operation by operation and field by field."""

from collections.abc import Iterator
from typing import Any

from rdv_mock.diff.compare_schemas import SchemaDifference, SchemaPairs
from rdv_mock.diff.document import Document
from rdv_mock.diff.findings import Comparison, Finding, Said, Side, Spot, gathered
from rdv_mock.diff.matching import Matches, Placed, match
from rdv_mock.diff.operation import (
    Content,
    DocumentedAnswer,
    DocumentedOperation,
    Parameter,
    Reader,
)
from rdv_mock.diff.shape import Expression

OUR_HEADERS = {"x-rdv-mock", "date"}
"""Headers that only a simulator has to explain."""
ANYTHING = "*/*"


def compare(ours: dict[str, Any], real: dict[str, Any], *, under: str = "") -> Comparison:
    """Compare our document with another, or only the operations under a path of ours.

    Broken places of the other one become notes.
    """
    comparing = _Comparing(_Read(Document(ours), under), _Read(Document(real)), under)
    findings = gathered(comparing.findings())
    return Comparison(
        ours=comparing.ours.side(),
        real=comparing.real.side(),
        in_both=len(comparing.matches.pairs),
        findings=findings,
        notes=tuple(comparing.real.document.notes),
    )


class _Read:
    """One document, its operations read."""

    def __init__(self, document: Document, under: str = "") -> None:
        self.document = document
        self.reader = Reader(document)
        self.operations = [
            one for one in self.reader.operations() if f"{one.bases[0]}{one.path}".startswith(under)
        ]

    def side(self) -> Side:
        told = self.document.mapping(self.document.root.get("info"), "info")
        title = f"{told.get('title', 'no title')} {told.get('version', '')}".strip()
        return Side(title, len(self.operations))


class _Comparing:
    def __init__(self, ours: _Read, real: _Read, under: str) -> None:
        self.ours, self.real, self.under = ours, real, under
        self.matches = match(self.ours.operations, self.real.operations, self.real.reader.bases)
        self.schemas = SchemaPairs(self.ours.reader.schemas, self.real.reader.schemas)

    def findings(self) -> Iterator[Finding]:
        """Every difference, each at the place where it was met."""
        yield from self._addresses(self.matches)
        yield from _names(
            "callback", self.ours.reader.webhooks(), self.real.reader.webhooks(), Spot("webhooks")
        )
        for ours, real in self.matches.pairs:
            yield from self._operation(ours.operation, real.operation, ours.name)

    def _addresses(self, matches: Matches) -> Iterator[Finding]:
        if matches.base not in matches.declared and matches.pairs:
            declared = ", ".join(base or "/" for base in matches.declared)
            yield _finding("base", matches.base or "/", declared, Spot("servers"))
        for one in matches.only_ours:
            yield _finding("operation", one.name, None, Spot(one.name))
        for one in matches.only_real:
            if one.path.startswith(self.under):
                yield _finding("operation", None, one.name, Spot(one.name))
        for one in matches.twice:
            self.real.document.note(f"{one.name} stands there twice; the first one is compared")
        for ours, real in matches.pairs:
            if ours.name != real.name:
                yield _finding(_kind_of_move(ours, real), ours.name, real.name, Spot(ours.name))

    def _operation(
        self, ours: DocumentedOperation, real: DocumentedOperation, name: str
    ) -> Iterator[Finding]:
        here = Spot(name)
        yield from _flag("deprecated", ours.is_deprecated, real.is_deprecated, here)
        yield from _names("access", ours.access.schemes, real.access.schemes, here)
        yield from _names("scopes", ours.access.scopes, real.access.scopes, here)
        yield from _names("callback", ours.callbacks, real.callbacks, here)
        for mine, other in zip(ours.segments, real.segments, strict=False):
            yield from self._parameter(mine, other, Spot(name, "path", mine.name), "request")
        yield from self._parameters(ours, real, name)
        yield from self._body(ours, real, name)
        yield from self._answers(ours, real, name)

    def _parameters(
        self, ours: DocumentedOperation, real: DocumentedOperation, name: str
    ) -> Iterator[Finding]:
        for key in dict.fromkeys([*ours.parameters, *real.parameters]):
            mine, other = ours.parameters.get(key), real.parameters.get(key)
            place = Spot(name, key[0], _name_of(mine, other))
            if mine and other:
                yield from self._parameter(mine, other, place, "request")
            else:
                yield _finding("parameter", self._told(mine, 0), self._told(other, 1), place)

    def _parameter(
        self, ours: Parameter, real: Parameter, place: Spot, direction: str
    ) -> Iterator[Finding]:
        yield from _flag("required", ours.is_required, real.is_required, place)
        yield from _flag("deprecated", ours.is_deprecated, real.is_deprecated, place)
        if ours.style != real.style and self.schemas.are_arrays(ours.schema, real.schema):
            yield _finding("style", ours.style, real.style, place)
        yield from self._schema(ours.schema, real.schema, place, direction)

    def _told(self, parameter: Parameter | None, side: int) -> str | None:
        if parameter is None:
            return None
        return self.schemas.told(parameter.schema, side, is_required=parameter.is_required)

    def _body(
        self, ours: DocumentedOperation, real: DocumentedOperation, name: str
    ) -> Iterator[Finding]:
        place = Spot(name, "request")
        mine, other = ours.body, real.body
        if mine is None or other is None:
            if mine is not other:
                yield _finding("body", "yes" if mine else None, "yes" if other else None, place)
        elif other.content is not None:
            yield from _flag("required", mine.is_required, other.is_required, place)
            yield from self._content(mine.content, other.content, place, "request")

    def _answers(
        self, ours: DocumentedOperation, real: DocumentedOperation, name: str
    ) -> Iterator[Finding]:
        covering = set()
        for status, mine in ours.answers.items():
            met = next((one for one in _standing_for(status) if one in real.answers), None)
            place = Spot(name, status)
            if met is None:
                yield _finding("status", status, None, place)
            else:
                covering.add(met)
                yield from self._answer(mine, real.answers[met], place)
        for status in real.answers:
            if status not in covering:
                yield _finding("status", None, status, Spot(name, status))

    def _answer(
        self, ours: DocumentedAnswer, real: DocumentedAnswer, place: Spot
    ) -> Iterator[Finding]:
        if ours.codes and real.codes:
            yield from _names("codes", ours.codes, real.codes, place)
        yield from self._content(ours.content, real.content, place, "answer")
        if real.content is None:
            return
        for key in dict.fromkeys([*ours.headers, *real.headers]):
            mine, other = ours.headers.get(key), real.headers.get(key)
            name = _name_of(mine, other)
            where = Spot(place.operation, f"{place.part} header", name)
            if mine and other:
                yield from self._parameter(mine, other, where, "answer")
            elif key not in OUR_HEADERS:
                yield _finding("header", self._told(mine, 0), self._told(other, 1), where)

    def _content(
        self, ours: Content | None, real: Content | None, place: Spot, direction: str
    ) -> Iterator[Finding]:
        if ours is None or real is None:
            return
        mine, other = dict(ours), dict(real)
        for media in ours.keys() & real.keys():
            yield from self._schema(mine.pop(media), other.pop(media), place, direction)
        if len(mine) == len(other) == 1:
            [schema], [other_schema] = mine.values(), other.values()
            yield from self._schema(schema, other_schema, place, direction)
        if ANYTHING in mine or ANYTHING in other:
            return
        yield from _names("media", frozenset(mine), frozenset(other), place)

    def _schema(
        self, ours: Expression, real: Expression, place: Spot, direction: str
    ) -> Iterator[Finding]:
        for difference in self.schemas.differences(ours, real, direction):
            yield _at(difference, place)


def _standing_for(status: str) -> tuple[str, ...]:
    """A status, and what a document may say instead: a range, or for refusals the rest."""
    return (status, f"{status[:1]}XX", *(["DEFAULT"] if status[:1] in {"4", "5"} else []))


def _at(difference: SchemaDifference, place: Spot) -> Finding:
    dot = "." if place.field and difference.field[:1] not in {"", "[", "{"} else ""
    where = Spot(place.operation, place.part, f"{place.field}{dot}{difference.field}")
    return Finding(
        difference.kind, difference.ours, difference.real, (where,), difference.schema,
        difference.schema_field, difference.keyword,
    )  # fmt: skip


def _kind_of_move(ours: Placed, real: Placed) -> str:
    return "path" if ours.address == real.address else "moved"


def _finding(kind: str, ours: Said, real: Said, place: Spot) -> Finding:
    return Finding(kind, ours, real, (place,))


def _flag(kind: str, ours: bool, real: bool, place: Spot) -> Iterator[Finding]:  # noqa: FBT001
    if ours != real:
        yield _finding(kind, "yes" if ours else "no", "yes" if real else "no", place)


def _names(kind: str, ours: frozenset[str], real: frozenset[str], place: Spot) -> Iterator[Finding]:
    """Names that one side alone has, as one finding."""
    if ours != real:
        only_ours, only_real = tuple(sorted(ours - real)), tuple(sorted(real - ours))
        yield _finding(kind, only_ours or None, only_real or None, place)


def _name_of(*parameters: Parameter | None) -> str:
    return next(one.name for one in parameters if one)
