"""What of `docs/contract` and `docs/rules` is written from the code: `python -m tests.docs`.

Pages hold their prose, and markers that are filled:

- `36<!-- panier.capacite -->` is a limit of `fixtures/limits.yaml`, in a sentence;
- `<!-- limits: panier -->`, `<!-- operation: creerPanier -->`, `<!-- shapes: Panier -->`,
  `<!-- values: GroupePermis -->`, `<!-- codes: PANIER_PLEIN -->`, `<!-- calls: /_mock -->` and
  `<!-- index -->` begin a table, `<!-- end -->` ends it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rdv_mock import api, fixtures
from rdv_mock.document.components import certainty_of_code
from rdv_mock.document.fidelity import fidelity
from rdv_mock.errors import ApiError
from rdv_mock.http.traits import Traits
from rdv_mock.wire.fidelity import FieldTold, OperationTold
from tests.docs.pages import DOCS, INDEX, TITLE, pages

INLINE = re.compile(r"(?P<shown>[^\s<(`*]+)<!-- (?P<key>\w+(?:\.\w+)+) -->")
BLOCK = re.compile(
    r"^<!-- (?P<kind>[a-z]+)(?:: (?P<names>[^>]*?))? -->\n.*?^<!-- end -->$",
    re.MULTILINE | re.DOTALL,
)
V1 = "V1"
JSON = "application/json"
ANYBODY = {
    "JETON_INVALIDE",
    "NOMBRE_MAXIMUM_DE_REQUETES_ATTEINT",
    "SCOPE_INSUFFISANT",
    "PARAMETRE_INVALIDE",
    "CORPS_TROP_VOLUMINEUX",
    "ERREUR_INTERNE",
    "SERVICE_INDISPONIBLE",
}
"""What any operation may answer, and none says again."""


def written(text: str, page: Path) -> str:
    """A page with all its numbers and tables as the code says they are."""
    text = INLINE.sub(lambda found: f"{_limit(found['key'])}<!-- {found['key']} -->", text)

    def fill(found: re.Match[str]) -> str:
        names = (found["names"] or "").split()
        head = found[0].partition("\n")[0]
        return "\n".join([head, "", *TABLES[found["kind"]](names, page), "", "<!-- end -->"])

    return BLOCK.sub(fill, text)


def _limit(key: str) -> str:
    return _plain(fixtures.default_limits().values[key])


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "(none)"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _code(text: str) -> str:
    return f"`{text}`"


def _limits(names: Sequence[str], _page: Path) -> Iterator[str]:
    values, sources = fixtures.default_limits().values, fixtures.limit_sources()
    for name in names:
        if not any(_is_under(key, name) for key in values):
            raise KeyError(name)
    rows = (
        (
            _code(key),
            _code(_plain(value)) if value != "" else "",
            _code(sources[key].certainty),
            " or ".join(filter(None, (sources[key].remark, ", ".join(sources[key].choices)))),
        )
        for key, value in values.items()
        if any(_is_under(key, name) for name in names)
    )
    return _table(("limit", "default", "certainty", "remark"), rows)


def _is_under(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}.")


@cache
def document() -> Mapping[str, Any]:
    """The OpenAPI document, as `make docs` has just written it."""
    return _load("openapi")


@cache
def control_document() -> Mapping[str, Any]:
    """The document of the control plane, as `make docs` has just written it."""
    return _load("control-plane")


def _load(name: str) -> Mapping[str, Any]:
    text = (DOCS / f"{name}.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


@cache
def operations() -> Mapping[str, OperationTold]:
    """The simulated operations by their names, v1 aliases included."""
    return {one.operation: one for one in fidelity().operations}


@cache
def _traits() -> Mapping[str, Traits]:
    return {route.unique_id: route.traits for route in api.ROUTES}


def _operation(names: Sequence[str], _page: Path) -> Iterator[str]:
    for number, name in enumerate(names):
        told, traits = operations()[name], _traits()[name]
        described = document()["paths"][told.path][told.method.lower()]
        if number:
            yield ""
        note = f" ({told.note})" if told.note else ""
        yield f"**`{told.method} {told.path}`**, scope `{traits.scope}`: `{told.certainty}`{note}"
        yield ""
        asked = list(_asked(described, told.parameters))
        yield from (f"- {line}" for line in asked)
        yield f"- answers {' · '.join(_answers(described))}"
        if told.codes:
            refusals = (f"{_status(code, name)} `{code}`" for code in told.codes)
            yield f"- refuses, in this order: {' · '.join(refusals)}"
        if traits.writes or traits.gerant_only:
            whom = ["a closed école"] * traits.writes + ["an EMPLOYE"] * traits.gerant_only
            yield f"- before these: 403 `ACTION_INTERDITE` to {' and to '.join(whom)}"
        if name + V1 in operations():
            yield f"- deprecated alias: `{operations()[name + V1].path}`"


def _asked(described: Mapping[str, Any], query: Sequence[FieldTold]) -> Iterator[str]:
    sure = {field.name: field.certainty for field in query}
    asked = [
        f"`{one['name']}` {_type(one['schema'])}{'' if one.get('required') else ', optional'}"
        f" (`{sure[one['name']]}`)"
        for one in described.get("parameters", ())
        if one["in"] == "query"
    ]
    if asked:
        yield f"query {' · '.join(asked)}"
    body = described.get("requestBody")
    if body:
        yield (
            f"body `{_type(body['content'][JSON]['schema'])}`"
            f"{'' if body.get('required') else ', optional'}"
        )


def _answers(described: Mapping[str, Any]) -> Iterator[str]:
    for status, response in described["responses"].items():
        if status.startswith("2"):
            content = response.get("content", {}).get(JSON)
            shape = f" `{_type(content['schema'])}`" if content else " without a body"
            where = " with `Location`" if "Location" in response.get("headers", {}) else ""
            yield f"{status}{shape}{where}"


def _status(code: str, operation: str) -> int:
    entry = ApiError[code].value
    return entry.status_on.get(operation, entry.status)


def _type(schema: Mapping[str, Any]) -> str:
    """What a schema takes, in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "allOf" in schema:
        return _type(schema["allOf"][0])
    for kind in ("anyOf", "oneOf"):
        if kind in schema:
            return " or ".join(_type(one) for one in schema[kind])
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}[]"
    if isinstance(schema.get("type"), list):
        return " or ".join(schema["type"])
    formats = {"date": "date", "date-time": "instant", "email": "e-mail", "uuid": "uuid"}
    found: str = formats.get(schema.get("format", ""), schema.get("type", "any"))
    return found


def _shapes(names: Sequence[str], _page: Path) -> Iterator[str]:
    schemas = document()["components"]["schemas"]
    sure = {shape.name: shape.fields for shape in fidelity().shapes}

    def rows() -> Iterator[Sequence[str]]:
        for name in names:
            shown = f"**{name}**"
            for field in sure[name]:
                schema = schemas[name]["properties"][field.name]
                required = field.name in schemas[name].get("required", ())
                certainty = _code(field.certainty) + (f" ({field.note})" if field.note else "")
                example = (
                    json.dumps(schema["examples"][0], ensure_ascii=False)
                    if (schema.get("examples") and not _is_id(field.name))
                    else ""
                )
                kind = _type(schema) + ("" if required else ", may be absent")
                yield (shown, _code(field.name), kind, _code(example) if example else "", certainty)
                shown = ""

    return _table(("shape", "field", "type", "example", "certainty"), rows())


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("Id")


def _values(names: Sequence[str], _page: Path) -> Iterator[str]:
    known = {one.name: one for one in fidelity().enumerations}

    def rows() -> Iterator[Sequence[str]]:
        for name in names:
            shown = f"**{name}**"
            for value in known[name].values:
                yield (shown, _code(value.value), value.meaning, _code(value.certainty))
                shown = ""

    return _table(("list", "value", "meaning", "certainty"), rows())


def _codes(names: Sequence[str], _page: Path) -> Iterator[str]:
    def rows() -> Iterator[Sequence[str]]:
        for name in names:
            error = ApiError[name]
            sure = certainty_of_code(error)
            yield (
                _code(name),
                str(error.value.status),
                error.example(),
                " / ".join(_code(sure[of]) for of in ("code", "statut", "message")),
            )

    return _table(("code", "status", "message", "code / status / message are"), rows())


def _calls(names: Sequence[str], _page: Path) -> Iterator[str]:
    def rows() -> Iterator[Sequence[str]]:
        for path, methods in control_document()["paths"].items():
            if any(path == name or path.startswith(f"{name}/") for name in names):
                for method, one in methods.items():
                    done = [status for status in one["responses"] if status.startswith("2")]
                    yield (_code(f"{method.upper()} {path}"), one["summary"], ", ".join(done))

    return _table(("call", "what it does", "answers"), rows())


def _index(_names: Sequence[str], page: Path) -> Iterator[str]:
    for one in sorted(page.parent.glob("*.md")):
        if one.name != INDEX:
            text = one.read_text(encoding="utf-8")
            found = TITLE.search(text)
            if found is None:
                raise ValueError(one)
            about = text[found.end() :].strip().partition("\n")[0]
            yield f"- [{found[1]}]({one.name}): {about}"


TABLES: Mapping[str, Callable[[Sequence[str], Path], Iterator[str]]] = {
    "limits": _limits,
    "operation": _operation,
    "shapes": _shapes,
    "values": _values,
    "codes": _codes,
    "calls": _calls,
    "index": _index,
}


def main() -> None:
    """Write the pages anew."""
    for page in pages():
        before = page.read_text(encoding="utf-8")
        after = written(before, page)
        if after != before:
            page.write_text(after, encoding="utf-8")
