"""The schemas of a document, each read into its shape: one for OpenAPI 3.0 and 3.1.

References, allOf, anyOf and oneOf are melted; `nullable: true` is a type with null,
`exclusiveMinimum: true` a number, a `const` an enum of one.
"""

from collections.abc import Iterable
from typing import Any

from rdv_mock.diff.document import Document, kind_of, written
from rdv_mock.diff.shape import (
    UNKNOWN,
    UNREADABLE,
    Expression,
    Join,
    Leaf,
    Meet,
    ValueShape,
    all_of,
    any_of,
    plain,
    several,
)

DEEPEST = 60
"""The most levels of allOf, anyOf and oneOf in each other."""
BOUNDS = (
    "format", "pattern", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties",
)  # fmt: skip
"""The bounds of a value, which are part of the meaning of a component's name."""
OF_THE_PLACE = ("default", "deprecated", "readOnly", "writeOnly")
"""What is said of a value where it is used."""
VARIANTS = ("anyOf", "oneOf")
NOT_COMPARED = (
    "not", "if", "patternProperties", "prefixItems", "contains", "propertyNames",
    "dependentSchemas", "dependentRequired", "unevaluatedProperties", "$dynamicRef",
)  # fmt: skip
SAY_SOMETHING = frozenset({
    *BOUNDS, *OF_THE_PLACE, *VARIANTS, *NOT_COMPARED, "type", "nullable", "enum", "const",
    "properties", "required", "items", "additionalProperties", "allOf",
})  # fmt: skip
SAYS_NOTHING = {
    "default": "null", "deprecated": "false", "readOnly": "false", "writeOnly": "false",
    "uniqueItems": "false", "minLength": "0", "minItems": "0", "minProperties": "0",
}  # fmt: skip
"""What is as if it were not written."""
TYPES = {
    str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array",
}  # fmt: skip
COMPONENTS = "#/components/schemas/"


class DocumentSchemas:
    """The schemas of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._shapes: dict[Expression, ValueShape] = {}
        self._depth = 0

    def expression(self, raw: Any, place: str) -> Expression:  # noqa: ANN401 - anything
        """A schema of the document, its references followed; keywords beside them count too."""
        parts: set[Expression] = set()
        seen = set()
        component = None
        while isinstance(raw, dict) and "$ref" in raw:
            if id(raw) in seen:
                self.document.note(f"$ref {raw['$ref']} leads to itself")
                return UNKNOWN
            seen.add(id(raw))
            if raw.keys() & SAY_SOMETHING:
                parts.add(Leaf(id(raw), raw, place))
            reference = str(raw["$ref"])
            raw = self.document.target(raw["$ref"])
            if raw is None:
                return UNKNOWN
            component = reference.removeprefix(COMPONENTS)
            place = f"schema {component}"
        if not isinstance(raw, dict | bool):
            self.document.note(f"{place} is {kind_of(raw)}, not a schema")
            return UNKNOWN
        parts.add(Leaf(id(raw), raw, place, component))
        return several(Meet, parts)

    def shape(self, expression: Expression) -> ValueShape:
        """What a schema says."""
        if expression in self._shapes:
            return self._shapes[expression]
        if self._depth >= DEEPEST:
            self.document.note(f"a schema is made of others, more than {DEEPEST} in each other")
            return UNREADABLE
        self._shapes[expression] = (
            ValueShape()
        )  # as long as it is being read: it may contain itself
        self._depth += 1
        try:
            shape = self._shapes[expression] = self._read(expression)
        finally:
            self._depth -= 1
        return shape

    def component_of(self, expression: Expression) -> str | None:
        """The name that the document has for a schema, though it be nullable where it is used."""
        for _ in range(DEEPEST):
            parts = expression.parts if isinstance(expression, Meet) else [expression]
            leaves = [part for part in parts if isinstance(part, Leaf)]
            named = {leaf.component for leaf in leaves if leaf.component}
            if named:
                return named.pop() if len(named) == 1 else None
            wrapped = [member for leaf in leaves for member in _members(leaf.raw)]
            if len(wrapped) != 1:
                return None
            expression = self.expression(wrapped[0], "a schema")
        return None

    def _read(self, expression: Expression) -> ValueShape:
        if isinstance(expression, Meet):
            return all_of([self.shape(part) for part in expression.parts])
        if isinstance(expression, Join):
            return any_of([self.shape(part) for part in expression.parts])
        raw, place = expression.raw, expression.place
        if raw is None:
            return UNREADABLE
        if isinstance(raw, bool):
            return ValueShape()
        shapes = [self._own_shape(raw, place), *self._shapes_in(raw, "allOf", place)]
        for name in VARIANTS:
            variants = self._shapes_in(raw, name, place)
            shapes += [any_of(variants)] if variants else []
        return all_of(shapes) if len(shapes) > 1 else shapes[0]

    def _shapes_in(self, raw: dict[str, Any], name: str, place: str) -> list[ValueShape]:
        members = self.document.listing(raw.get(name), f"{place}, {name}")
        return [self.shape(self.expression(member, f"{place}, {name}")) for member in members]

    def _own_shape(self, raw: dict[str, Any], place: str) -> ValueShape:
        """What a schema says by itself, its allOf, anyOf and oneOf apart."""
        for name in NOT_COMPARED:
            if name in raw:
                self.document.note(f"{place}: `{name}` is not compared")
        listed = [raw["const"]] if "const" in raw else raw.get("enum")
        values = self.document.listing(listed, f"{place}, enum")
        types = self._types(raw, values, place)
        is_called_nullable = raw.get("nullable") is True
        return ValueShape(
            types=None if types is None else plain(types - {"null"}),
            nullable=None if types is None else "null" in types or is_called_nullable,
            makes_nullable=types is None and is_called_nullable,
            facets=_facets(raw),
            values=frozenset(written(value) for value in values if value is not None) or None,
            properties=self._properties(raw, place),
            required=self._required(raw, place),
            items=self.expression(raw["items"], f"{place}[]") if "items" in raw else None,
            more=self._more(raw.get("additionalProperties", True), place),
        )

    def _types(self, raw: dict[str, Any], values: list[Any], place: str) -> frozenset[str] | None:
        """The types that are said, or else follow from what is said."""
        said = raw.get("type")
        if isinstance(said, str):
            return frozenset({said})
        if isinstance(said, list) and said and all(isinstance(name, str) for name in said):
            return frozenset(said)
        if said is not None:
            self.document.note(f"{place}: {written(said)} is no type")
        if "properties" in raw or "additionalProperties" in raw:
            return frozenset({"object"})
        if "items" in raw:
            return frozenset({"array"})
        return frozenset(TYPES.get(type(value), "null") for value in values) or None

    def _properties(self, raw: dict[str, Any], place: str) -> dict[str, Expression]:
        properties = self.document.mapping(raw.get("properties"), f"{place}, properties")
        return {
            name: self.expression(schema, f"{place}.{name}") for name, schema in properties.items()
        }

    def _required(self, raw: dict[str, Any], place: str) -> frozenset[str]:
        names = self.document.listing(raw.get("required"), f"{place}, required")
        return frozenset(name for name in names if isinstance(name, str))

    def _more(self, raw: Any, place: str) -> Expression | bool:  # noqa: ANN401 - anything
        if isinstance(raw, bool) or raw == {}:
            return raw is not False
        return self.expression(raw, f"{place}{{}}")


def _members(raw: Any) -> Iterable[Any]:  # noqa: ANN401 - anything
    """What a schema without a name is made of, null apart."""
    for name in ("allOf", *VARIANTS) if isinstance(raw, dict) else ():
        members = raw.get(name)
        yield from (
            (m for m in members if m != {"type": "null"}) if isinstance(members, list) else ()
        )


def _facets(raw: dict[str, Any]) -> dict[str, str]:
    """What bounds a value. In OpenAPI 3.0 an exclusive bound is a flag beside the bound."""
    facets = {
        name: text
        for name in (*BOUNDS, *OF_THE_PLACE)
        if name in raw and (text := written(raw[name])) != SAYS_NOTHING.get(name)
    }
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = facets.get(exclusive)
        if flag == "true" and bound in facets:
            facets[exclusive] = facets.pop(bound)
        elif flag in {"true", "false"}:
            del facets[exclusive]
    return facets
