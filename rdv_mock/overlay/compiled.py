"""An overlay that fits the document: the names and the address of each operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rdv_mock.errors import ApiError
from rdv_mock.overlay.translation import Node
from rdv_mock.pointers import target_of

Own = Mapping[tuple[str, ...], str]
"""Fields of one body by their path, ours to theirs."""

CODE_FIELDS = frozenset({"code", "erreur", "codeMessage", "codeMotif"})
"""Fields whose value is a code of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """One operation as the real contract has it.

    `old_path` is its path without the overlay, `path` its path now, both with our names of its
    parameters; `success` is our status, `status` theirs; `statuses` go by our codes.
    """

    old_method: str
    method: str
    old_path: str
    path: str
    success: int
    status: int
    parameters: Mapping[str, str]
    request: Node | None
    response: Node | None
    statuses: Mapping[str, int]
    own_request: Own = field(default_factory=dict)
    own_response: Own = field(default_factory=dict)

    @property
    def shown_path(self) -> str:
        """The path of the operation, with their names of its parameters."""
        return "/".join(
            f"{{{self.parameters.get(part[1:-1], part[1:-1])}}}" if part.startswith("{") else part
            for part in self.path.split("/")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """All that they call otherwise; `refusal` is the body of every refusal."""

    operations: Mapping[str, Translation]
    fields: Mapping[str, str]
    schemas: Mapping[str, Mapping[str, str]]
    prefixes: Mapping[str, str]
    parameters: Mapping[str, str]
    codes: Mapping[str, str]
    statuses: Mapping[str, int]
    refusal: Node | None

    def name_of(self, field_name: str, schema: str | None) -> str:
        """What a field is called: what its schema says goes before what holds everywhere."""
        own = self.schemas.get(schema or "", {})
        return own.get(field_name) or self.fields.get(field_name, field_name)

    def moved(self, path: str) -> str:
        """A path of ours where the longest of the prefixes has moved it."""
        return "".join(self.moved_parts(path))

    def moved_parts(self, path: str) -> tuple[str, str]:
        """A moved path in two parts: what the overlay gives, and the rest, which is ours."""
        for prefix in sorted(self.prefixes, key=len, reverse=True):
            if path == prefix or path.startswith(f"{prefix}/"):
                return self.prefixes[prefix], path.removeprefix(prefix)
        return "", path

    def status_of(self, code: str, operation: Translation | None) -> int | None:
        """The status that they give a code, where they give it another one."""
        own = operation.statuses if operation else {}
        return own.get(code) or self.statuses.get(code)


def beneath(own: Own, field_name: str) -> Own:
    """What is said of the fields beneath one."""
    return {path[1:]: name for path, name in own.items() if path[0] == field_name and path[1:]}


def code_of(body: Any) -> str | None:  # noqa: ANN401 - JSON
    """The code of a refusal's body, in our words; None when it is none."""
    code = body.get("code") or body.get("erreur") if isinstance(body, dict) else None
    return code if code in ApiError.__members__ else None


def _schema_of_refusals(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one schema of all refusals: that of the first answer which shows a code."""
    medias = (
        response["content"]["application/json"]
        for item in document["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
        if "content" in response
    )
    schema: Mapping[str, Any] = next(
        media["schema"]
        for media in medias
        if any(code_of(example["value"]) for example in media.get("examples", {}).values())
    )
    return schema


class Schemas:
    """The schemas of a document, followed through references, alternatives and lists."""

    def __init__(self, document: Mapping[str, Any], overlay: Overlay) -> None:
        self._document = document
        self.components: Mapping[str, Any] = document["components"]
        self.refusal = _schema_of_refusals(document)
        self._overlay = overlay

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a reference leads to; anything else is there already."""
        if "$ref" not in node:
            return node
        found: Mapping[str, Any] = target_of(self._document, node["$ref"])
        return found

    def alternatives(
        self, schema: Mapping[str, Any], name: str | None = None
    ) -> list[tuple[str | None, Mapping[str, Any]]]:
        """A schema, and all that it refers to or is made of, each with its name if it has one."""
        found = [(name, schema)]
        if "$ref" in schema:
            found += self.alternatives(self.resolve(schema), schema["$ref"].rsplit("/", 1)[1])
        for one in schema.get("anyOf", ()):
            found += self.alternatives(one)
        return found

    def fields_of(self, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """The fields of an object, or of the objects of a list, with their schemas."""
        fields: dict[str, Mapping[str, Any]] = {}
        for _, one in self.alternatives(schema):
            fields |= one.get("properties", {})
            if "items" in one:
                fields |= self.fields_of(one["items"])
        return fields

    def node(self, schema: Mapping[str, Any], own: Own) -> Node | None:
        """What changes in the bodies of a schema; None when nothing does."""
        names: dict[str, str] = {}
        fields: dict[str, Node] = {}
        items = None
        for component, one in self.alternatives(schema):
            for name, inner in one.get("properties", {}).items():
                names[name] = own.get((name,)) or self._overlay.name_of(name, component)
                if node := self.node(inner, beneath(own, name)):
                    fields[name] = node
            if "items" in one:
                items = items or self.node(one["items"], own)
        codes = CODE_FIELDS & names.keys() if self._overlay.codes else frozenset()
        is_renamed = any(ours != theirs for ours, theirs in names.items())
        if not (is_renamed or fields or items or codes):
            return None
        return Node(names, fields, items, frozenset(codes))

    def body_of(self, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The schema of the JSON that a request or an answer carries."""
        content = message.get("content", {}).get("application/json", {})
        schema: Mapping[str, Any] | None = content.get("schema")
        return schema
