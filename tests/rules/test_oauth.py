from dataclasses import replace
from datetime import timedelta

import pytest

from rdv_mock.errors import OAuthRefusal
from rdv_mock.facts.access import AuthorizationCode, Bail, Client, Token, TokenType
from rdv_mock.rules.oauth import (
    check_challenge,
    check_code,
    check_prompt,
    check_refresh,
    check_response_type,
    check_verifier,
    narrowed,
    parse_scopes,
)
from tests.support import instant

NOW = instant("2026-03-10T08:00:00Z")
SECOND = timedelta(seconds=1)
CLIENT = Client("editeur", "secret", ("http://localhost/cb",))
CODE = AuthorizationCode(
    id="code",
    client_id="editeur",
    employe_id="lea",
    session_id="session",
    redirect_uri="http://localhost/cb",
    scopes=("openid",),
    nonce=None,
    code_challenge=None,
    code_challenge_method="plain",
    date_heure_expiration=NOW + SECOND,
    bail_id=None,
)
BAIL = Bail("bail", "lea", "editeur", NOW, NOW + timedelta(days=90), termine=False)
REFRESH = Token(
    id="refresh",
    type=TokenType.REFRESH,
    bail_id="bail",
    employe_id="lea",
    client_id="editeur",
    scopes=("openid", "rdvpermis"),
    date_heure_expiration=NOW + SECOND,
)
# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_scopes_are_taken_once_each_in_their_order() -> None:
    assert parse_scopes("b a  b", {"a", "b"}) == ("b", "a")
    assert parse_scopes("", {"a"}) == ()
    with pytest.raises(OAuthRefusal, match="invalid_scope"):
        parse_scopes("a c", {"a", "b"})


def test_a_response_type_must_be_code() -> None:
    check_response_type("code")
    with pytest.raises(OAuthRefusal, match="invalid_request"):
        check_response_type(None)
    with pytest.raises(OAuthRefusal, match="unsupported_response_type"):
        check_response_type("code id_token")


def test_without_a_page_nobody_logs_in() -> None:
    check_prompt(["none"], logged_in=True)
    check_prompt(["login"], logged_in=False)
    with pytest.raises(OAuthRefusal, match="login_required"):
        check_prompt(["none"], logged_in=False)


def test_a_challenge_needs_a_known_method() -> None:
    check_challenge(None, "S512")
    check_challenge("x", "S256")
    with pytest.raises(OAuthRefusal, match="invalid_request"):
        check_challenge("x", "S512")


def test_a_code_is_good_until_the_second_it_expires() -> None:
    uri = CODE.redirect_uri

    assert check_code(CODE, CLIENT, uri, None, now=NOW) is CODE
    with pytest.raises(OAuthRefusal, match="Code not valid"):
        check_code(CODE, CLIENT, uri, None, now=NOW + SECOND)


@pytest.mark.parametrize(
    ("code", "redirect_uri", "words"),
    [
        (None, CODE.redirect_uri, "Code not valid"),
        (replace(CODE, client_id="autre"), CODE.redirect_uri, "Code not valid"),
        (CODE, "http://localhost/cb/", "Incorrect redirect_uri"),
        (CODE, None, "Incorrect redirect_uri"),
        (replace(CODE, code_challenge="x"), CODE.redirect_uri, "PKCE"),
    ],
)
def test_any_other_code_is_refused(
    code: AuthorizationCode | None, redirect_uri: str | None, words: str
) -> None:
    with pytest.raises(OAuthRefusal, match=words):
        check_code(code, CLIENT, redirect_uri, None, now=NOW)


def test_a_verifier_is_compared_as_the_method_says() -> None:
    check_verifier(CHALLENGE, "S256", VERIFIER)
    check_verifier(VERIFIER, "plain", VERIFIER)
    for challenge, method in ((CHALLENGE, "plain"), (VERIFIER, "S256")):
        with pytest.raises(OAuthRefusal, match="mismatch"):
            check_verifier(challenge, method, VERIFIER)
    with pytest.raises(OAuthRefusal, match="not specified"):
        check_verifier(CHALLENGE, "S256", None)


def test_a_refresh_token_is_good_until_the_second_it_expires() -> None:
    assert check_refresh(REFRESH, BAIL, CLIENT, now=NOW) is REFRESH
    with pytest.raises(OAuthRefusal, match="Token is not active"):
        check_refresh(REFRESH, BAIL, CLIENT, now=NOW + SECOND)


@pytest.mark.parametrize(
    ("token", "bail", "words"),
    [
        (None, None, "Invalid refresh token"),
        (replace(REFRESH, type=TokenType.ACCESS), BAIL, "Invalid refresh token"),
        (replace(REFRESH, client_id="autre"), BAIL, "Invalid refresh token"),
        (REFRESH, None, "Token is not active"),
        (REFRESH, replace(BAIL, termine=True), "Token is not active"),
        (replace(REFRESH, rotated=True), BAIL, "Maximum allowed refresh token reuse exceeded"),
    ],
)
def test_any_other_refresh_token_is_refused(
    token: Token | None, bail: Bail | None, words: str
) -> None:
    with pytest.raises(OAuthRefusal, match=words):
        check_refresh(token, bail, CLIENT, now=NOW)


def test_scopes_may_be_narrowed_never_widened() -> None:
    assert narrowed(REFRESH.scopes, None) == REFRESH.scopes
    assert narrowed(REFRESH.scopes, ["openid"]) == ["openid"]
    with pytest.raises(OAuthRefusal, match="invalid_scope"):
        narrowed(REFRESH.scopes, ["openid", "email"])
