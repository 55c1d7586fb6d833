"""What the demonstration answers to the examples of its OpenAPI document.

`make docs` records it (`fixtures/answers.json`), so that the document can show real answers; a test
asks again and compares.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from httpx2 import Response

from rdv_mock import api
from rdv_mock.api.v1 import V1
from rdv_mock.fixtures import FIXTURES
from rdv_mock.http.operation import ApiOperation
from rdv_mock.serving.app import Application, create_application
from rdv_mock.settings import Settings
from tests.support import SIGNER, Vendor, instant

Document = Mapping[str, Any]

MOST_SHOWN = 3
"""Elements of an answer that is a list; more of them would say nothing more."""

FREE, IN_A_PANIER = (f"c0000000-0000-4000-8000-00000000000{number}" for number in (1, 7))
PANIER = "/api/v2/auto-ecole/paniers/ba000000-0000-4000-8000-000000000001"


class Partly(NamedTuple):
    """A call that is done in part: another body than the example, or a call that comes before."""

    body: Any = None
    before: tuple[str, Any] | None = None


PARTLY: Mapping[str, Partly] = {
    "ajouterCreneauxMultiples": Partly(body={"creneauxId": [FREE, IN_A_PANIER]}),
    "ajouterCreneauxMultiplesPanierCourant": Partly(body={"creneauxId": [FREE, IN_A_PANIER]}),
    "validerPanier": Partly(before=(f"{PANIER}/creneaux", {"creneauId": FREE})),
}


def operations() -> Iterator[ApiOperation]:
    """The operations of the simulated APIs, each once: v1 answers as v2 does."""
    for route in api.ROUTES:
        if not route.path.startswith(V1):
            yield route


def operation_of(document: Document, route: ApiOperation) -> dict[str, Any]:
    """What the document says of an operation."""
    operation: dict[str, Any] = document["paths"][route.path_format][route.method.lower()]
    return operation


def ask(lea: Vendor, document: Document, route: ApiOperation, body: Any = None) -> Response:
    """Call an operation with its own examples, or with another body."""
    options: dict[str, Any] = {"params": examples_of_parameters(document, route, "query")}
    if route.body:
        options["json"] = body or example_of_body(document, route)
    path = route.path.format_map(examples_of_parameters(document, route, "path"))
    return lea.call(route.method, path, **options)


def examples_of_parameters(document: Document, route: ApiOperation, place: str) -> dict[str, Any]:
    """The first example of each parameter that stands in the path, or in the query."""
    return {
        parameter["name"]: parameter["example"]
        for parameter in operation_of(document, route).get("parameters", [])
        if parameter["in"] == place and "example" in parameter
    }


def example_of_body(document: Document, route: ApiOperation) -> dict[str, Any]:
    """The one example of a body."""
    assert route.body is not None
    schema = document["components"]["schemas"][route.body[1].__name__]
    example: dict[str, Any]
    (example,) = schema["examples"]
    return example


@contextmanager
def standing_still() -> Iterator[Application]:
    """The demonstration at the instant at which it begins."""
    begin = instant("2026-03-10T08:00:00Z")
    application = create_application(Settings(scenario="demonstration"), real=lambda: begin)
    application.server.signer = SIGNER
    application.load()
    yield application
    application.close()


def record() -> dict[str, dict[str, Any]]:
    """Every answer that has a body, by operationId and status."""
    with standing_still() as application:
        anyone = Vendor(application)
        document = anyone.get("/openapi.json").json()
        answers: dict[str, dict[str, Any]] = {}
        for route in operations():
            found = [_fresh(anyone, document, route, Partly())]
            if route.operation in PARTLY:
                found.append(_fresh(anyone, document, route, PARTLY[route.operation]))
            shown = {str(one.status_code): shorten(one.json()) for one in found if one.content}
            if shown:
                answers[route.operation] = shown
    return answers


def _fresh(anyone: Vendor, document: Document, route: ApiOperation, partly: Partly) -> Response:
    """One answer of a world in which nothing else has been called."""
    assert anyone.post("/_mock/reset").status_code == 204
    lea = anyone.as_("lea")
    if partly.before is not None:
        path, body = partly.before
        assert lea.post(path, json=body).status_code == 201
    answer = ask(lea, document, route, partly.body)
    assert answer.is_success, (route.operation, answer.text)
    return answer


def shorten(answer: Any) -> Any:
    """The first elements of a list; anything else whole."""
    return answer[:MOST_SHOWN] if isinstance(answer, list) else answer


if __name__ == "__main__":
    text = json.dumps(record(), ensure_ascii=False, indent=1)
    (FIXTURES / "answers.json").write_text(text + "\n", encoding="utf-8")
