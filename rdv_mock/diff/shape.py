"""What a value may be, however its schema is written: all of several shapes, or any of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Leaf:
    """A schema of the document as it is written, known by its identity.

    `component` is its name under components.schemas, `place` what a note calls it.
    """

    key: int
    raw: Any = field(compare=False)
    place: str = field(compare=False)
    component: str | None = field(compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Meet:
    """All of several schemas."""

    parts: frozenset["Expression"]


@dataclass(frozen=True, slots=True)
class Join:
    """Any of several schemas."""

    parts: frozenset["Expression"]


Expression = Leaf | Meet | Join
Several = Callable[[frozenset[Expression]], Expression]

UNKNOWN = Leaf(0, None, "")
"""A schema that cannot be read; it is compared with nothing."""


@dataclass(frozen=True, slots=True)
class ValueShape:
    """What a value may be, null apart.

    `types` is None for any type, `nullable` is None where no type is said. `makes_nullable` is a
    `nullable: true` without a type, which concerns the schema beside it. `more` is the schema of
    fields that `properties` does not name; True for anything, False for none.
    """

    types: frozenset[str] | None = None
    nullable: bool | None = None
    makes_nullable: bool = False
    facets: Mapping[str, str] = field(default_factory=dict)
    values: frozenset[str] | None = None
    properties: Mapping[str, Expression] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Expression | None = None
    more: Expression | bool = True
    known: bool = True

    def overlaps(self, other: "ValueShape") -> bool:
        """Whether there is a type that both may have."""
        return self.types is None or other.types is None or bool(self.types & other.types)


UNREADABLE = ValueShape(known=False)


def all_of(shapes: list[ValueShape]) -> ValueShape:
    """What must all be true of a value."""
    if not all(shape.known for shape in shapes):
        return UNREADABLE
    typed = [shape.types for shape in shapes if shape.types is not None]
    nullable = [shape.nullable for shape in shapes if shape.nullable is not None]
    makes_nullable = any(shape.makes_nullable for shape in shapes)
    closed = [shape.values for shape in shapes if shape.values is not None]
    more = [shape.more for shape in shapes if shape.more is not True]
    facets: dict[str, set[str]] = {}
    for shape in shapes:
        for name, value in shape.facets.items():
            facets.setdefault(name, set()).add(value)
    return ValueShape(
        types=plain(frozenset.intersection(*map(_with_integers, typed))) if typed else None,
        nullable=makes_nullable or all(nullable) if nullable else None,
        makes_nullable=makes_nullable and not nullable,
        facets={name: " and ".join(sorted(values)) for name, values in facets.items()},
        values=frozenset.intersection(*closed) if closed else None,
        properties=_properties(shapes, Meet),
        required=frozenset().union(*(shape.required for shape in shapes)),
        items=_items(shapes, Meet),
        more=False if False in more else next(iter(more), True),
    )


def _with_integers(types: frozenset[str]) -> frozenset[str]:
    """The types with `integer` where `number` includes it."""
    return types | {"integer"} if "number" in types else types


def plain(types: frozenset[str]) -> frozenset[str]:
    """The types without `integer` where `number` includes it."""
    return types - {"integer"} if "number" in types else types


def any_of(shapes: list[ValueShape]) -> ValueShape:
    """What may be true of a value.

    An object has the fields of all variants, and must have those that it must have in each.
    """
    if not all(shape.known for shape in shapes):
        return UNREADABLE
    some = [shape for shape in shapes if shape.types != frozenset()]
    if not some:
        return ValueShape(types=frozenset(), nullable=True)
    typed = [shape.types for shape in some if shape.types is not None]
    objects = [shape for shape in some if shape.types is None or "object" in shape.types]
    closed = [shape.values for shape in some if shape.values is not None]
    more = {shape.more for shape in objects}
    required = [shape.required for shape in objects]
    return ValueShape(
        types=plain(frozenset().union(*typed)) if len(typed) == len(some) else None,
        nullable=any(shape.nullable for shape in shapes) if typed else None,
        facets={name: _any_facet(name, some) for shape in some for name in shape.facets},
        values=frozenset().union(*closed) if len(closed) == len(some) else None,
        properties=_properties(some, Join),
        required=frozenset.intersection(*required) if required else frozenset(),
        items=_items(some, Join),
        more=next(iter(more)) if len(more) == 1 else True,
    )


def _any_facet(name: str, shapes: list[ValueShape]) -> str:
    """A bound of variants; one that could have it and has not lets anything through."""
    having = [shape for shape in shapes if name in shape.facets]
    lacking = any(
        shape.overlaps(other) for shape in shapes if shape not in having for other in having
    )
    return " or ".join([*sorted({shape.facets[name] for shape in having}), *["any"] * lacking])


def several(kind: Several, parts: set[Expression]) -> Expression:
    """Several schemas as one; one is itself."""
    return next(iter(parts)) if len(parts) == 1 else kind(frozenset(parts))


def _properties(shapes: list[ValueShape], kind: Several) -> dict[str, Expression]:
    said: dict[str, set[Expression]] = {}
    for shape in shapes:
        for name, expression in shape.properties.items():
            said.setdefault(name, set()).add(expression)
    return {name: several(kind, expressions) for name, expressions in said.items()}


def _items(shapes: list[ValueShape], kind: Several) -> Expression | None:
    said = {shape.items for shape in shapes if shape.items is not None}
    return several(kind, said) if said else None
