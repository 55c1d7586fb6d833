"""What two schemas say differently, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rdv_mock.diff.findings import Said
from rdv_mock.diff.schema import BOUNDS, DocumentSchemas
from rdv_mock.diff.shape import Expression, ValueShape

DEEPEST = 60
"""Levels of fields that are compared."""
MOST_PAIRS = 100_000
"""Pairs of schemas that are compared in all."""
OWN_KINDS = {"format", "pattern"}
HIDDEN = {"request": "readOnly", "answer": "writeOnly"}
"""What marks a field that does not travel in a direction."""

Key = tuple[Expression, Expression, str]


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One difference: at which field, and in which component of ours, where it lies in one."""

    kind: str
    field: str
    ours: Said
    real: Said
    keyword: str = ""
    schema: str | None = None
    schema_field: str = ""

    def below(self, field: str) -> "SchemaDifference":
        """The difference, seen from the object that has the field."""
        dot = "." if self.field[:1] not in {"", "[", "{"} else ""
        return replace(self, field=f"{field}{dot}{self.field}")

    def within(self, component: str) -> "SchemaDifference":
        """The difference, as one of a component, unless it is one of an inner component."""
        if self.schema is not None:
            return self
        return replace(self, schema=component, schema_field=self.field)


class SchemaPairs:
    """Compares schemas of ours with real ones, each pair once."""

    def __init__(self, ours: DocumentSchemas, real: DocumentSchemas) -> None:
        self._ours, self._real = ours, real
        self._known: dict[Key, tuple[SchemaDifference, ...]] = {}
        self._depth = 0

    def differences(
        self, ours: Expression, real: Expression, direction: str
    ) -> tuple[SchemaDifference, ...]:
        """What differs between two schemas in a request or an answer."""
        key = (ours, real, direction)
        if key in self._known:
            return self._known[key]
        if self._depth >= DEEPEST or len(self._known) >= MOST_PAIRS:
            self._real.document.note("what is deeper, or more, than can be compared was left out")
            return ()
        self._known[key] = ()  # as long as it is being compared: it may contain itself
        self._depth += 1
        try:
            found = self._known[key] = tuple(self._differences(ours, real, direction))
        finally:
            self._depth -= 1
        return found

    def told(self, expression: Expression, side: int, *, is_required: bool) -> str:
        """A schema of ours (side 0) or a real one (1) in a word."""
        shape = (self._ours, self._real)[side].shape(expression)
        name = type_name(shape)
        if "format" in shape.facets:
            name += f" ({shape.facets['format']})"
        return f"{name}, required" if is_required else name

    def are_arrays(self, ours: Expression, real: Expression) -> bool:
        """Whether one of two schemas is an array or an object."""
        shapes = (self._ours.shape(ours), self._real.shape(real))
        return any({"array", "object"} & (shape.types or set()) for shape in shapes)

    def _differences(
        self, ours: Expression, real: Expression, direction: str
    ) -> Iterator[SchemaDifference]:
        mine, other = self._ours.shape(ours), self._real.shape(real)
        if not (mine.known and other.known):
            return
        if mine.nullable is not None and other.nullable is not None:
            yield from _unlike("nullable", _yes(mine.nullable), _yes(other.nullable))
        for name in ("default", "deprecated"):
            yield from _unlike(name, mine.facets.get(name), other.facets.get(name))
        component = self._ours.component_of(ours)
        for difference in self._inside(mine, other, direction):
            yield difference.within(component) if component else difference

    def _inside(
        self, ours: ValueShape, real: ValueShape, direction: str
    ) -> Iterator[SchemaDifference]:
        """What does not depend on where a schema is used."""
        if ours.types != real.types:
            yield SchemaDifference("type", "", type_name(ours), type_name(real))
        if not ours.overlaps(real) or (ours.types is None) != (real.types is None):
            return
        for name in BOUNDS:
            kind, keyword = (name, "") if name in OWN_KINDS else ("bound", name)
            for one in _unlike(kind, ours.facets.get(name), real.facets.get(name)):
                yield replace(one, keyword=keyword)
        if ours.values != real.values:
            yield _values(ours, real)
        yield from self._fields(ours, real, direction)
        yield from self._rest(ours, real, direction)

    def _fields(
        self, ours: ValueShape, real: ValueShape, direction: str
    ) -> Iterator[SchemaDifference]:
        for name in dict.fromkeys([*ours.properties, *real.properties]):
            mine, other = ours.properties.get(name), real.properties.get(name)
            if mine is not None and HIDDEN[direction] in self._ours.shape(mine).facets:
                mine = None
            if other is not None and HIDDEN[direction] in self._real.shape(other).facets:
                other = None
            if mine is not None and other is not None:
                is_required = (_yes(name in ours.required), _yes(name in real.required))
                for one in _unlike("required", *is_required):
                    yield one.below(name)
                for one in self.differences(mine, other, direction):
                    yield one.below(name)
            elif mine is not None:
                told = self.told(mine, 0, is_required=name in ours.required)
                yield SchemaDifference("field", name, told, None)
            elif other is not None:
                told = self.told(other, 1, is_required=name in real.required)
                yield SchemaDifference("field", name, None, told)

    def _rest(
        self, ours: ValueShape, real: ValueShape, direction: str
    ) -> Iterator[SchemaDifference]:
        """Items of an array, and what an object may hold under other names."""
        if ours.items is not None and real.items is not None:
            for one in self.differences(ours.items, real.items, direction):
                yield one.below("[]")
        if isinstance(ours.more, bool) or isinstance(real.more, bool):
            yield from _unlike("more", self._more(ours, 0), self._more(real, 1))
        else:
            for one in self.differences(ours.more, real.more, direction):
                yield one.below("{}")

    def _more(self, shape: ValueShape, side: int) -> str:
        if isinstance(shape.more, bool):
            return "any" if shape.more else "none"
        return self.told(shape.more, side, is_required=False)


def type_name(shape: ValueShape) -> str:
    """The types of a value in a word, null apart."""
    return "any" if shape.types is None else " or ".join(sorted(shape.types)) or "null"


def _values(ours: ValueShape, real: ValueShape) -> SchemaDifference:
    """Values that one side alone has; a side without an enum takes any."""
    mine, other = ours.values or frozenset(), real.values or frozenset()
    only_ours, only_real = tuple(sorted(mine - other)), tuple(sorted(other - mine))
    return SchemaDifference(
        "values",
        "",
        only_ours or None if ours.values is not None else "any",
        only_real or None if real.values is not None else "any",
    )


def _unlike(kind: str, ours: str | None, real: str | None) -> Iterator[SchemaDifference]:
    if ours != real:
        yield SchemaDifference(kind, "", ours, real)


def _yes(flag: bool) -> str:  # noqa: FBT001 - it is written, not asked
    return "yes" if flag else "no"
