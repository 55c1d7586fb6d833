"""Clients of a scenario: where a browser may be sent."""

import json

import pytest

from tests.scenario.worlds import Load, problems_of


def scenario(uri: str) -> str:
    client = json.dumps({"clientId": "c", "redirectUris": [uri]})
    return f"title: x\nclients: [{client}]\n"


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:3000/callback",
        "https://a.test/cb?bureau=1",
        "HTTPS://A.test",
        "http://[::1]:8080/cb",
        "myapp:///cb",
        "com.example.app:/oauth",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
def test_an_address_that_a_software_can_be_returned_to_is_kept_as_it_is(
    load: Load, uri: str
) -> None:
    client = load(scenario(uri)).clients.find("c")

    assert client is not None
    assert client.redirect_uris == (uri,)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("javascript:alert(1)", "ne peut pas commencer par « javascript: »"),
        ("JavaScript://%0aalert(1)", "ne peut pas commencer par « javascript: »"),
        ("data:text/html,x", "ne peut pas commencer par « data: »"),
        ("vbscript:x", "ne peut pas commencer par « vbscript: »"),
        ("file:///etc/passwd", "ne peut pas commencer par « file: »"),
        ("blob:https://a.test/x", "ne peut pas commencer par « blob: »"),
        ("view-source:http://a.test", "ne peut pas commencer par « view-source: »"),
        ("about:blank", "ne peut pas commencer par « about: »"),
        ("java\tscript:alert(1)", "doit être une adresse absolue, sans espace ni « # »"),
        (" javascript:alert(1)", "doit être une adresse absolue, sans espace ni « # »"),
        ("/callback", "doit être une adresse absolue, sans espace ni « # »"),
        ("//evil.test/cb", "doit être une adresse absolue, sans espace ni « # »"),
        ("callback", "doit être une adresse absolue, sans espace ni « # »"),
        ("", "doit être une adresse absolue, sans espace ni « # »"),
        ("http:", "doit être une adresse absolue, sans espace ni « # »"),
        ("C:\\callback", "doit être une adresse absolue, sans espace ni « # »"),
        ("http://a.test/cb#x", "doit être une adresse absolue, sans espace ni « # »"),
        ("http://a.test/c b", "doit être une adresse absolue, sans espace ni « # »"),
        ("http://a.test/cb\n", "doit être une adresse absolue, sans espace ni « # »"),
        ("http:a.test", "doit nommer un serveur"),
        ("https:///cb", "doit nommer un serveur"),
    ],
)
def test_any_other_is_refused(uri: str, message: str) -> None:
    assert problems_of(scenario(uri)) == (("clients[0].redirectUris[0]", message, 2),)


def test_the_limit_that_is_gone_is_refused_with_the_one_that_has_come() -> None:
    text = "title: x\nlimits: {oauth.reutilisationRevoqueTout: true}\n"

    ((champ, message, ligne),) = problems_of(text)

    assert (champ, ligne) == ("limits.oauth.reutilisationRevoqueTout", 2)
    assert message.startswith("n'existe plus : écrivez oauth.rotation (stricte, grace ou aucune)")
