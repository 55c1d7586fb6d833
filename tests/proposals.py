"""The calls that a document proposes, as Swagger UI fills them in before anybody types a word."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from httpx2 import Response

from rdv_mock.http.operation import Operation
from tests.support import Vendor

Document = Mapping[str, Any]
JSON = "application/json"


class Proposal(NamedTuple):
    """One call that the document of an operation proposes."""

    method: str
    path: str
    query: Mapping[str, Any]
    media_type: str | None = None
    body: Any = None

    def ask(self, vendor: Vendor) -> Response:
        """Make it, as it stands."""
        options: dict[str, Any] = {"params": dict(self.query)}
        if self.media_type == JSON:
            options["json"] = self.body
        elif self.media_type is not None:
            options["content"] = self.body.encode()
            options["headers"] = {"Content-Type": self.media_type}
        return vendor.call(self.method, self.path, **options)


def proposals_of(
    document: Document, route: Operation, moved_to: tuple[str, str] | None = None
) -> list[Proposal]:
    """Every call that a document proposes of an operation, each body of each media type.

    `moved_to`: its method and path where an overlay has moved it.
    """
    method, address = moved_to or (route.method, route.path_format)
    operation = document["paths"][address][method.lower()]
    parameters = operation.get("parameters", [])
    filled = {place: dict(_filled(parameters, place)) for place in ("path", "query")}
    called = method, address.format_map(filled["path"]), filled["query"]
    if "requestBody" not in operation:
        return [Proposal(*called)]
    bodies = [
        Proposal(*called, media_type, body)
        for media_type, media in operation["requestBody"]["content"].items()
        for body in _bodies(document, media, f"{route.operation}, {media_type}")
    ]
    return bodies if operation["requestBody"].get("required") else [Proposal(*called), *bodies]


def _filled(parameters: list[dict[str, Any]], place: str) -> Iterator[tuple[str, Any]]:
    """What stands in the fields of a place; one that must be filled in has to be."""
    for parameter in parameters:
        if parameter["in"] != place:
            continue
        if "example" in parameter:
            yield parameter["name"], parameter["example"]
        elif "default" in parameter["schema"]:
            yield parameter["name"], _in_query(parameter["schema"]["default"])
        else:
            assert not parameter.get("required"), f"{parameter['name']} has no example"


def _in_query(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _bodies(document: Document, media: Mapping[str, Any], where: str) -> list[Any]:
    """The examples of a body: its own, or else that of its shape."""
    if "examples" in media:
        return [example["value"] for example in media["examples"].values()]
    if "example" in media:
        return [media["example"]]
    schema, *_or_null = media["schema"].get("anyOf", [media["schema"]])
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert schema.get("examples"), f"the body of {where} has no example"
    return [schema["examples"][0]]
