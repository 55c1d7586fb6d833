"""Whether an overlay fits the document: every problem at once, with its line and the near word."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rdv_mock.errors import ApiError, Detail
from rdv_mock.hints import suggestion
from rdv_mock.overlay.compiled import Overlay, Schemas, Translation, code_of
from rdv_mock.overlay.part import OperationPart, OverlayPart
from rdv_mock.overlay.translation import Node
from rdv_mock.scenario.source import Source
from rdv_mock.scenario.yaml_text import Where
from rdv_mock.settings import OWN_PATHS
from rdv_mock.wire.statuses import NEVER_WITH_BODY

ANYWHERE = (
    ApiError.RESSOURCE_INCONNUE,
    ApiError.METHODE_NON_AUTORISEE,
    ApiError.ERREUR_INTERNE,
    ApiError.SERVICE_INDISPONIBLE,
)
"""Refusals that no operation lists as its own."""

UNTOUCHED = "appartient au plan de contrôle ou au fournisseur OpenID, où rien ne se renomme"


@dataclass(slots=True)
class Check:
    """An overlay against the document, problem by problem."""

    part: OverlayPart
    source: Source
    document: Mapping[str, Any]
    elsewhere: Collection[str]
    problems: list[Detail] = field(default_factory=list)

    def problem(self, where: Where, message: str) -> None:
        """Note what is wrong, once for each place, and go on to find more."""
        detail = self.source.detail(where, message)
        if detail.champ not in {one.champ for one in self.problems}:
            self.problems.append(detail)

    def known(self, where: Where, names: Iterable[str], known: Iterable[str], what: str) -> None:
        """Every name is one that there is."""
        known = list(known)
        for name in names:
            if name not in known:
                self.problem((*where, name), f"n'est pas {what}{suggestion(name, known)}")


def compile_overlay(
    part: OverlayPart, source: Source, document: Mapping[str, Any], elsewhere: Collection[str]
) -> tuple[Overlay, list[Detail]]:
    """The overlay on a document, and what is wrong with it.

    `elsewhere` are the names of operations that no overlay may touch.
    """
    check = Check(part, source, document, elsewhere)
    overlay = Overlay(
        operations={},
        fields=part.fields,
        schemas=part.schemas,
        prefixes=part.paths,
        parameters=part.parameters,
        codes=part.codes,
        statuses=part.statuses,
        refusal=None,
    )
    schemas = Schemas(document, overlay)
    _check_names(check, schemas)
    _check_codes(check)
    _check_fields(check, schemas)
    operations = {
        operation["operationId"]: _translation(check, schemas, overlay, address, operation)
        for address, operation in operations_of(document)
    }
    _check_addresses(check, operations)
    refusal = schemas.node(schemas.refusal, {})
    return replace(overlay, operations=operations, refusal=refusal), check.problems


MethodAndPath = tuple[str, str]
"""Path and method."""


def operations_of(document: Mapping[str, Any]) -> Iterator[tuple[MethodAndPath, Mapping[str, Any]]]:
    """Every operation of a document, with its address."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield (path, method), operation


def _check_names(check: Check, schemas: Schemas) -> None:
    """What is named must be there."""
    part, components = check.part, schemas.components["schemas"]
    operations = {one["operationId"]: one for _, one in operations_of(check.document)}
    for name in part.operations:
        if name in check.elsewhere:
            check.problem(("operations", name), UNTOUCHED)
    named = [name for name in part.operations if name not in check.elsewhere]
    check.known(("operations",), named, operations, "une opération connue")
    check.known(("schemas",), part.schemas, components, "un schéma connu")
    for name, renamed in part.schemas.items():
        if name in components:
            fields = components[name].get("properties", {})
            check.known(("schemas", name), renamed, fields, f"un champ de {name}")
    everywhere = {name for one in components.values() for name in one.get("properties", {})}
    check.known(("fields",), part.fields, sorted(everywhere), "un champ connu")
    parameters = {name for one in operations.values() for name in _parameters_of(one)}
    check.known(("parameters",), part.parameters, sorted(parameters), "un paramètre connu")
    prefixes = {
        "/".join(parts[:length])
        for path in check.document["paths"]
        for parts in [path.split("/")]
        for length in range(2, len(parts) + 1)
    }
    check.known(("paths",), part.paths, sorted(prefixes), "le début d'un chemin connu")
    for name, operation in operations.items():
        if name in part.operations:
            _check_operation(check, schemas, operation)


def _parameters_of(operation: Mapping[str, Any]) -> list[str]:
    """The names of an operation's parameters, of its path and its query."""
    return [one["name"] for one in operation.get("parameters", ())]


def _check_operation(check: Check, schemas: Schemas, operation: Mapping[str, Any]) -> None:
    name = operation["operationId"]
    part, where = check.part.operations[name], ("operations", name)
    parameters = _parameters_of(operation)
    check.known((*where, "parameters"), part.parameters, parameters, f"un paramètre de {name}")
    request = schemas.body_of(operation.get("requestBody", {}))
    _check_own(check, schemas, request, part.request, (*where, "request"))
    _check_own(check, schemas, _answer(schemas, operation), part.response, (*where, "response"))
    if part.method == "GET" and request:
        check.problem((*where, "method"), f"GET n'a pas de corps, et {name} en reçoit un")
    codes = {*_codes_of(operation), *(error.code for error in ANYWHERE)}
    check.known((*where, "statuses"), part.statuses, sorted(codes), f"un refus de {name}")


def _check_own(
    check: Check,
    schemas: Schemas,
    body: Mapping[str, Any] | None,
    renamed: Iterable[str],
    where: Where,
) -> None:
    """The paths of fields lead somewhere in a body."""
    for path in renamed:
        here = body
        for part in path.split("."):
            fields = schemas.fields_of(here) if here else {}
            if part not in fields:
                hint = suggestion(part, fields)
                check.problem((*where, path), f"ne mène à aucun champ de ce corps{hint}")
                break
            here = fields[part]


def _answer(schemas: Schemas, operation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of an answer that is no refusal."""
    for status, response in operation["responses"].items():
        if status.startswith("2") and (body := schemas.body_of(response)):
            return body
    return None


def _codes_of(operation: Mapping[str, Any]) -> Iterator[str]:
    """The codes of the refusals that an operation shows."""
    for response in operation["responses"].values():
        content = response.get("content", {}).get("application/json", {})
        for example in content.get("examples", {}).values():
            if code := code_of(example["value"]):
                yield code


def _check_codes(check: Check) -> None:
    part = check.part
    shown = {code for _, one in operations_of(check.document) for code in _codes_of(one)} | {
        error.code for error in ANYWHERE
    }
    for section, names in (("codes", part.codes), ("statuses", part.statuses)):
        ours = [name for name in names if name in ApiError.__members__ and name not in shown]
        for name in ours:
            check.problem((section, name), UNTOUCHED)
        rest = [name for name in names if name not in ours]
        check.known((section,), rest, sorted(shown), "un code connu")
    for name, status in part.statuses.items():
        _check_status(check, ("statuses", name), status)
    for operation, its in part.operations.items():
        for name, status in its.statuses.items():
            _check_status(check, ("operations", operation, "statuses", name), status)
    theirs = {code: part.codes.get(code, code) for code in sorted(shown | set(part.codes))}
    for one, other in _twins(theirs):
        _blame(check, ("codes",), part.codes, (one, other), f"serait le nom de {one} et de {other}")


def _check_status(check: Check, where: Where, status: int) -> None:
    if status in NEVER_WITH_BODY:
        check.problem(where, f"{status} n'a pas de corps, et un refus en a un")


def _twins(theirs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of our names that the overlay maps to one of theirs."""
    first: dict[str, str] = {}
    for ours, name in theirs.items():
        if name in first:
            yield first[name], ours
        first.setdefault(name, ours)


def _blame(
    check: Check, where: Where, renamed: Mapping[str, str], twins: tuple[str, str], message: str
) -> None:
    """Note a problem at the later of two names that were changed into one."""
    name = next(one for one in reversed(twins) if one in renamed)
    check.problem((*where, name), f"« {renamed[name]} » {message}")


def _check_fields(check: Check, schemas: Schemas) -> None:
    """No two fields of one schema come to one name."""
    part = check.part
    for schema, one in schemas.components["schemas"].items():
        own = part.schemas.get(schema, {})
        theirs = {
            name: own.get(name) or part.fields.get(name, name) for name in one.get("properties", {})
        }
        for twins in _twins(theirs):
            message = f"serait le nom de {twins[0]} et de {twins[1]} dans {schema}"
            if set(twins) & own.keys():
                _blame(check, ("schemas", schema), own, twins, message)
            else:
                _blame(check, ("fields",), part.fields, twins, message)


def _translation(
    check: Check,
    schemas: Schemas,
    overlay: Overlay,
    address: MethodAndPath,
    operation: Mapping[str, Any],
) -> Translation:
    name, (old_path, method) = operation["operationId"], address
    part = check.part.operations.get(name, OperationPart())
    where = ("operations", name)
    given = _parameters_of(operation)
    everywhere = {ours: theirs for ours, theirs in check.part.parameters.items() if ours in given}
    parameters = {ours: ours for ours in given} | everywhere | part.parameters
    for twins in _twins({one: name for one, name in parameters.items() if one in given}):
        message = f"serait le nom de {twins[0]} et de {twins[1]} dans {name}"
        if set(twins) & part.parameters.keys():
            _blame(check, (*where, "parameters"), part.parameters, twins, message)
        else:
            _blame(check, ("parameters",), everywhere, twins, message)
    own_request = {tuple(path.split(".")): theirs for path, theirs in part.request.items()}
    own_response = {tuple(path.split(".")): theirs for path, theirs in part.response.items()}
    request = schemas.node(schemas.body_of(operation.get("requestBody", {})) or {}, own_request)
    response = schemas.node(_answer(schemas, operation) or {}, own_response)
    if part.request:
        _check_node(check, (*where, "request"), request)
    if part.response:
        _check_node(check, (*where, "response"), response)
    success = min(int(status) for status in operation["responses"] if status.startswith("2"))
    return Translation(
        old_method=method.upper(),
        method=(part.method or method).upper(),
        old_path=old_path,
        path=_path(check, overlay, name, part, old_path, parameters),
        success=success,
        status=part.status or success,
        parameters=parameters,
        request=request,
        response=response,
        statuses=part.statuses,
        own_request=own_request,
        own_response=own_response,
    )


def _check_node(check: Check, where: Where, node: Node | None) -> None:
    """Refuse two fields of one object that would have one name, in any operation."""
    if node is None:
        return
    for one, other in _twins(node.names):
        message = f"« {node.names[one]} » serait le nom de {one} et de {other} dans un même objet"
        check.problem(where, message)
    for inner in (*node.fields.values(), node.items):
        _check_node(check, where, inner)


def _path(
    check: Check,
    overlay: Overlay,
    name: str,
    part: OperationPart,
    old_path: str,
    parameters: Mapping[str, str],
) -> str:
    """The path of an operation, with our names of its parameters; all of them, and no other."""
    written, rest = (part.path, "") if part.path else overlay.moved_parts(old_path)
    if not written:
        return old_path
    ours = {theirs: one for one, theirs in parameters.items()}
    path = re.sub(r"\{(.+?)\}", lambda found: f"{{{ours.get(found[1], found[1])}}}", written) + rest
    where = _place_of_path(check.part, name, old_path)
    wanted, given = (re.findall(r"\{(.+?)\}", one) for one in (old_path, path))
    _check_path(check, where, path.split("/"))
    for one in wanted:
        if one not in given:
            check.problem(where, f"ne contient plus {{{parameters[one]}}}, dont {name} a besoin")
    for one in given:
        if one not in wanted:
            hint = suggestion(one, [parameters[known] for known in wanted])
            check.problem(where, f"contient {{{one}}}, que {name} ne connaît pas{hint}")
    if any(count > 1 for count in Counter(given).values()):
        check.problem(where, "contient deux fois le même paramètre")
    return path


def _place_of_path(part: OverlayPart, name: str, old_path: str) -> Where:
    """The place in the overlay file that gives the path of an operation."""
    operation = part.operations.get(name)
    if operation and operation.path:
        return ("operations", name, "path")
    for prefix in sorted(part.paths, key=len, reverse=True):
        if old_path == prefix or old_path.startswith(f"{prefix}/"):
            return ("paths", prefix)
    return ("operations", name) if operation else ("parameters",)


def _check_path(check: Check, where: Where, segments: list[str]) -> None:
    if segments[1].startswith("{") or f"/{segments[1]}" in {*OWN_PATHS, "/favicon.ico"}:
        own = ", ".join(OWN_PATHS)
        check.problem(where, f"ne peut commencer ni par un paramètre ni par {own}")
    if {".", ".."} & set(segments):
        check.problem(where, "ne peut contenir ni « . » ni « .. »")


def _check_addresses(check: Check, operations: Mapping[str, Translation]) -> None:
    """Refuse two operations at one address, or at paths that differ in the names of ids alone."""
    taken: dict[tuple[str, str], str] = {}
    shapes: dict[str, str] = {}
    for name, one in operations.items():
        shape = re.sub(r"\{.+?\}", "{}", one.path)
        other = taken.setdefault((one.method, shape), name)
        like = shapes.setdefault(shape, name)
        if other == name and operations[like].shown_path == one.shown_path:
            continue
        pair = [name, like if other == name else other]
        if not _is_moved(check.part, name, one):
            pair.reverse()  # the other one has come here
        blamed = operations[pair[0]]
        message = (
            f"{blamed.shown_path} ne diffère de celui de {pair[1]} que par des noms"
            if other == name
            else f"{blamed.method} {blamed.shown_path} est déjà l'adresse de {pair[1]}"
        )
        check.problem(_place_of_path(check.part, pair[0], blamed.old_path), message)


def _is_moved(part: OverlayPart, name: str, one: Translation) -> bool:
    return name in part.operations or one.path != one.old_path
