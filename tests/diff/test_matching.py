"""Which operation is which, wherever the real document puts its base path."""

from typing import Any

import pytest

from rdv_mock.diff import compare
from tests.diff.telling import told

Document = dict[str, Any]
ANSWERS = {"responses": {"200": {"description": "La réponse."}}}


def document_of(*names: str, servers: Any = None, **ids: str) -> Document:
    """A document with operations such as `GET /a/{id}`, under some servers."""
    paths: dict[str, Any] = {}
    for name in names:
        method, path = name.split()
        operation = {**ANSWERS, **({"operationId": ids[method]} if method in ids else {})}
        paths.setdefault(path, {})[method.lower()] = operation
    return {"openapi": "3.1.0", "paths": paths, **({"servers": servers} if servers else {})}


OURS = document_of("GET /api/v2/a", "GET /api/v2/a/{aId}/b", "GET /api/v1/a")


@pytest.mark.parametrize(
    "servers",
    [
        [{"url": "/api/v2"}],
        [{"url": "https://x.fr/api/v2/"}],
        [{"url": "https://x.fr"}, {"url": "https://recette.x.fr/api/v2"}],
        [{"url": "https://{env}.x.fr/api/v{version}",
          "variables": {"env": {"default": "www"}, "version": {"default": 2}}}],
    ],
)  # fmt: skip
def test_a_server_may_hold_the_beginning_of_every_path(servers: Any) -> None:
    real = document_of("GET /a", "GET /a/{aId}/b", servers=servers)

    assert told(compare(OURS, real, under="/api/v2")) == set()


@pytest.mark.parametrize(
    ("servers", "said"),
    [(None, "/"), ([{"url": "https://x.fr/rdvp/api/v2"}], "/rdvp/api/v2"), ([{"url": "/"}], "/")],
)
def test_a_beginning_that_no_server_holds_is_one_difference(servers: Any, said: str) -> None:
    real = document_of("GET /a", "GET /a/{aId}/b", servers=servers)

    assert told(compare(OURS, real, under="/api/v2")) == {f"base | servers | /api/v2 -> {said}"}


def test_paths_may_be_whole_though_a_server_holds_a_beginning_too() -> None:
    real = document_of("GET /api/v2/a", "GET /api/v2/a/{aId}/b", servers=[{"url": "/rdvp"}])

    assert told(compare(OURS, real, under="/api/v2")) == {"base | servers | / -> /rdvp"}


def test_a_path_and_an_operation_may_have_servers_of_their_own() -> None:
    real = document_of("GET /v2/a", "GET /a/{aId}/b", "GET /v1/a", servers=[{"url": "/api"}])
    real["paths"]["/a/{aId}/b"]["servers"] = [{"url": "/api/v2"}]
    real["paths"]["/v1/a"] = {
        "servers": [{"url": "/elsewhere"}],
        "get": {**ANSWERS, "servers": [{"url": "/recette"}, {"url": "https://x.fr/api"}]},
    }

    assert told(compare(OURS, real)) == set()


def test_what_stands_elsewhere_under_its_own_server_is_missing() -> None:
    real = document_of("GET /a", servers=[{"url": "/api/v2"}])
    real["paths"]["/a"]["servers"] = [{"url": "/elsewhere"}]

    assert told(compare(document_of("GET /api/v2/a"), real)) == {
        "operation | GET /api/v2/a | GET /api/v2/a -> –",
        "operation | GET /elsewhere/a | – -> GET /elsewhere/a",
    }


@pytest.mark.parametrize(
    ("servers", "note"),
    [
        ([{"url": "http://[x"}], "the document: http://[x is no url of a server"),
        ([{}], "the document: the url of a server is null, not a text"),
        ([3], "the document, a server is a number, not an object"),
        ({"url": "/"}, "the document, servers is an object, not an array"),
        ([{"url": "/{a}", "variables": []}], "the document, variables is an array, not an object"),
    ],
)
def test_servers_that_cannot_be_read_are_noted(servers: Any, note: str) -> None:
    comparison = compare(OURS, {**OURS, "servers": servers})

    assert note in comparison.notes
    assert comparison.in_both == 3


def test_names_in_paths_and_a_slash_at_the_end_make_no_other_operation() -> None:
    ours = document_of("GET /a/{aId}/b/{bId}", "PUT /c")
    real = document_of("GET /a/{id}/b/{b-id}", "PUT /c/")

    assert told(compare(ours, real)) == {
        "path | GET /a/{aId}/b/{bId} | GET /a/{aId}/b/{bId} -> GET /a/{id}/b/{b-id}",
        "path | PUT /c | PUT /c -> PUT /c/",
    }


def test_an_operation_id_finds_what_has_moved() -> None:
    ours = document_of("GET /a", "PUT /b", GET="lireA", PUT="ecrireB")
    real = document_of("GET /c", "PUT /d", GET="lireA", PUT="autre")

    assert told(compare(ours, real)) == {
        "moved | GET /a | GET /a -> GET /c",
        "operation | PUT /b | PUT /b -> –",
        "operation | PUT /d | – -> PUT /d",
    }


def test_an_operation_id_that_stands_twice_finds_nothing() -> None:
    ours = document_of("GET /a", GET="lire")
    real = document_of("GET /b", "GET /c", GET="lire")

    assert {line.split()[0] for line in told(compare(ours, real))} == {"operation"}


def test_one_address_that_stands_twice_is_noted() -> None:
    comparison = compare(document_of("GET /a/{id}"), document_of("GET /a/{id}", "GET /a/{b}"))

    assert told(comparison) == set()
    assert comparison.notes == ("GET /a/{b} stands there twice; the first one is compared",)


def test_only_operations_under_a_path_are_compared_when_asked() -> None:
    real = document_of("GET /api/v1/a", "GET /api/v1/b", "GET /api/v3/a")

    assert told(compare(OURS, real, under="/api/v1")) == {
        "operation | GET /api/v1/b | – -> GET /api/v1/b"
    }


def test_a_path_without_a_slash_gets_one() -> None:
    assert told(compare(document_of("GET /a"), document_of("GET a"))) == set()


def test_extensions_among_paths_are_no_paths() -> None:
    real = {**OURS, "paths": {**OURS["paths"], "x-a": {"get": ANSWERS}}}

    assert told(compare(OURS, real)) == set()
