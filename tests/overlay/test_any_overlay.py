"""Whatever an overlay says of what there is, it is refused, or the result holds together."""

from collections import Counter
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from rdv_mock.overlay.check import compile_overlay, operations_of
from rdv_mock.overlay.document import overlaid
from rdv_mock.overlay.part import OverlayPart
from rdv_mock.scenario.source import Source
from rdv_mock.serving.overlaid import moved_routes, vacated
from tests.overlay.compiling import our_document

OPERATIONS = {one["operationId"]: (path, one) for (path, _), one in operations_of(our_document())}
SCHEMAS: dict[str, Any] = our_document()["components"]["schemas"]
FIELDS = sorted({name for one in SCHEMAS.values() for name in one.get("properties", {})})
PARAMETERS = sorted(
    {one["name"] for _, operation in OPERATIONS.values() for one in operation.get("parameters", ())}
)
CODES = SCHEMAS["Code"]["enum"]
SEGMENTS = ["api", "v2", "l", "m", "recherche", "{contratId}", "{leconId}", "{panierId}", "{id}"]

names = st.sampled_from([*FIELDS, "x", "y", "z", "é è"])
parameter_names = st.sampled_from([*PARAMETERS, "x", "y", "id"])
paths = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4).map(
    lambda one: "/" + "/".join(one)
)
beginnings = st.sampled_from(sorted({path.rsplit("/", 1)[0] for path in our_document()["paths"]}))
statuses = st.dictionaries(st.sampled_from(CODES), st.integers(200, 599), max_size=3)
operations = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
        "path": paths,
        "status": st.integers(200, 299),
        "parameters": st.dictionaries(parameter_names, parameter_names, max_size=2),
        "request": st.dictionaries(names, names, max_size=2),
        "response": st.dictionaries(names, names, max_size=2),
        "statuses": statuses,
    },
)


@st.composite
def renamed_fields(draw: st.DrawFn) -> dict[str, dict[str, str]]:
    """New names for fields that a schema has."""
    schema = draw(st.sampled_from([name for name, one in SCHEMAS.items() if "properties" in one]))
    own = st.sampled_from(list(SCHEMAS[schema]["properties"]))
    return {schema: draw(st.dictionaries(own, names, max_size=3))}


overlays = st.fixed_dictionaries(
    {},
    optional={
        "paths": st.dictionaries(beginnings, paths, max_size=2),
        "operations": st.dictionaries(st.sampled_from(list(OPERATIONS)), operations, max_size=2),
        "schemas": renamed_fields(),
        "fields": st.dictionaries(names, names, max_size=2),
        "parameters": st.dictionaries(parameter_names, parameter_names, max_size=2),
        "codes": st.dictionaries(
            st.sampled_from(CODES), st.sampled_from([*CODES, "X"]), max_size=2
        ),
        "statuses": statuses,
    },
)


@settings(max_examples=150, deadline=None)
@given(overlays)
def test_an_overlay_is_refused_or_gives_a_document_that_holds_together(
    content: dict[str, Any],
) -> None:
    part = OverlayPart.model_validate(content, by_alias=True, by_name=False)
    overlay, problems = compile_overlay(part, Source(content), our_document(), set())
    event("refused" if problems else "taken")
    if problems:
        assert all(one.champ and one.message for one in problems)
        return

    document = overlaid(our_document(), overlay)

    ids = [one["operationId"] for _, one in operations_of(document)]
    assert sorted(ids) == sorted(OPERATIONS)
    for name, schema in document["components"]["schemas"].items():
        assert len(schema.get("properties", {})) == len(SCHEMAS[name].get("properties", {}))
    for _, operation in operations_of(document):
        given = Counter((one["name"], one["in"]) for one in operation.get("parameters", ()))
        assert not [one for one, count in given.items() if count > 1]
    assert len(moved_routes(overlay)) == len(OPERATIONS)
    assert not vacated(overlay) & {one.path for one in overlay.operations.values()}
    document["components"].pop("securitySchemes")
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
