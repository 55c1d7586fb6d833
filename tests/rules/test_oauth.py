from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from rdv_mock.errors import OAuthRefusal
from rdv_mock.facts.access import AuthorizationCode, Bail, OAuthClient, Session, Token, TokenType
from rdv_mock.facts.auto_ecole import Employe
from rdv_mock.facts.enumerations import Role
from rdv_mock.fixtures import default_limits
from rdv_mock.rules.oauth import (
    RefreshTokenReused,
    check_challenge,
    check_code,
    check_prompt,
    check_refresh,
    check_response_mode,
    check_response_type,
    check_supported,
    check_verifier,
    half_hash,
    is_fresh,
    is_spent,
    narrowed,
    parse_scopes,
    read_max_age,
)
from tests.support import instant

NOW = instant("2026-03-10T08:00:00Z")
SECOND = timedelta(seconds=1)
CLIENT = OAuthClient("editeur", "secret", ("http://localhost/cb",))
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
LIMITS = default_limits()
LEA = Employe("lea", "plesses", "Durant", "Léane", "lea@plesses.test", "lea", Role.GERANT, ())
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


@contextmanager
def refused(error: str, description: str) -> Iterator[None]:
    """A refusal with just this code and this sentence."""
    with pytest.raises(OAuthRefusal) as refusal:
        yield
    assert (refusal.value.error, refusal.value.description) == (error, description)


def test_scopes_are_taken_once_each_in_their_order() -> None:
    assert parse_scopes("b a  b", {"a", "b"}) == ("b", "a")
    assert parse_scopes("", {"a"}) == ()
    with refused("invalid_scope", "Invalid scopes: a c"):
        parse_scopes("a c", {"a", "b"})


def test_a_response_type_must_be_code() -> None:
    check_response_type("code")
    with refused("invalid_request", "Missing parameter: response_type"):
        check_response_type(None)
    with refused("unsupported_response_type", "Only response_type=code is supported"):
        check_response_type("code id_token")


def test_without_a_page_nobody_logs_in() -> None:
    check_prompt(["none"], logged_in=True)
    check_prompt(["login"], logged_in=False)
    with refused("login_required", "Nobody is logged in"):
        check_prompt(["none"], logged_in=False)


def test_a_challenge_needs_a_known_method() -> None:
    check_challenge(None, "S512")
    check_challenge("x", "S256")
    with refused("invalid_request", "Invalid parameter: code_challenge_method"):
        check_challenge("x", "S512")


def test_a_code_is_good_until_the_second_it_expires() -> None:
    uri = CODE.redirect_uri

    assert check_code(CODE, CLIENT, uri, None, now=NOW) is CODE
    with refused("invalid_grant", "Code not valid"):
        check_code(CODE, CLIENT, uri, None, now=NOW + SECOND)


@pytest.mark.parametrize(
    ("code", "redirect_uri", "words"),
    [
        (None, CODE.redirect_uri, "Code not valid"),
        (replace(CODE, client_id="autre"), CODE.redirect_uri, "Code not valid"),
        (CODE, "http://localhost/cb/", "Incorrect redirect_uri"),
        (CODE, None, "Incorrect redirect_uri"),
        (
            replace(CODE, code_challenge="x"),
            CODE.redirect_uri,
            "PKCE code verifier not specified",
        ),
    ],
)
def test_any_other_code_is_refused(
    code: AuthorizationCode | None, redirect_uri: str | None, words: str
) -> None:
    with refused("invalid_grant", words):
        check_code(code, CLIENT, redirect_uri, None, now=NOW)


@pytest.mark.parametrize("method", ["S256", "plain"])
def test_a_code_with_a_challenge_is_for_who_knows_its_verifier(method: str) -> None:
    challenge = CHALLENGE if method == "S256" else VERIFIER
    code = replace(CODE, code_challenge=challenge, code_challenge_method=method)

    assert check_code(code, CLIENT, code.redirect_uri, VERIFIER, now=NOW) is code
    with refused("invalid_grant", "PKCE verification failed: Code mismatch"):
        check_code(code, CLIENT, code.redirect_uri, CHALLENGE[::-1], now=NOW)


def test_a_verifier_is_compared_as_the_method_says() -> None:
    check_verifier(CHALLENGE, "S256", VERIFIER)
    check_verifier(VERIFIER, "plain", VERIFIER)
    for challenge, method in ((CHALLENGE, "plain"), (VERIFIER, "S256")):
        with refused("invalid_grant", "PKCE verification failed: Code mismatch"):
            check_verifier(challenge, method, VERIFIER)
    with refused("invalid_grant", "PKCE code verifier not specified"):
        check_verifier(CHALLENGE, "S256", None)


def test_a_refresh_token_is_good_until_the_second_it_expires() -> None:
    assert check_refresh(REFRESH, BAIL, LEA, CLIENT, LIMITS, now=NOW) is REFRESH
    with refused("invalid_grant", "Token is not active"):
        check_refresh(REFRESH, BAIL, LEA, CLIENT, LIMITS, now=NOW + SECOND)


SPENT = replace(REFRESH, rotated_at=NOW - timedelta(seconds=30))


@pytest.mark.parametrize(
    ("token", "bail", "employe", "words"),
    [
        (None, None, None, "Invalid refresh token"),
        (replace(REFRESH, type=TokenType.ACCESS), BAIL, LEA, "Invalid refresh token"),
        (replace(REFRESH, client_id="autre"), BAIL, LEA, "Invalid refresh token"),
        (REFRESH, None, None, "User disabled"),
        (REFRESH, None, LEA, "Token is not active"),
        (REFRESH, replace(BAIL, termine=True), LEA, "Token is not active"),
        (
            REFRESH,
            replace(BAIL, termine=True, reused=True),
            LEA,
            "Session doesn't have required client",
        ),
        (SPENT, BAIL, LEA, "Maximum allowed refresh token reuse exceeded"),
    ],
)
def test_any_other_refresh_token_is_refused(
    token: Token | None, bail: Bail | None, employe: Employe | None, words: str
) -> None:
    with refused("invalid_grant", words):
        check_refresh(token, bail, employe, CLIENT, LIMITS, now=NOW)


def test_a_refresh_token_that_is_used_again_is_told_with_the_refusal() -> None:
    with pytest.raises(RefreshTokenReused) as refusal:
        check_refresh(SPENT, BAIL, LEA, CLIENT, LIMITS, now=NOW)
    assert refusal.value.token is SPENT


def test_a_refresh_token_serves_again_within_the_grace_after_its_first_use() -> None:
    limits = LIMITS.overridden({"oauth.rotation": "grace", "oauth.graceSecondes": 31})

    assert check_refresh(SPENT, BAIL, LEA, CLIENT, limits, now=NOW) is SPENT


@pytest.mark.parametrize(
    ("rotation", "grace", "spent"),
    [
        ("stricte", 31, True),
        ("grace", 30, True),
        ("grace", 31, False),
        ("grace", 0, True),
        ("aucune", 0, False),
    ],
)
def test_a_token_that_has_served_may_serve_again_as_the_limits_say(
    rotation: str,
    grace: int,
    spent: bool,  # noqa: FBT001 - a case of the table
) -> None:
    limits = LIMITS.overridden({"oauth.rotation": rotation, "oauth.graceSecondes": grace})

    assert is_spent(SPENT, limits, now=NOW) is spent
    assert not is_spent(REFRESH, limits, now=NOW)


SESSION = Session("session", "lea", NOW - timedelta(seconds=60), NOW + timedelta(hours=9))


@pytest.mark.parametrize(
    ("max_age", "fresh"), [(None, True), ("60", True), ("59", False), ("0", False)]
)
def test_a_login_is_fresh_as_long_as_the_client_wants_it_to_be(
    max_age: str | None,
    fresh: bool,  # noqa: FBT001 - a case of the table
) -> None:
    assert is_fresh(SESSION, read_max_age(max_age), now=NOW) is fresh


def test_with_a_max_age_of_a_second_a_login_is_fresh_for_a_second() -> None:
    assert is_fresh(SESSION, 1, now=SESSION.date_heure_connexion + SECOND)
    assert not is_fresh(SESSION, 1, now=SESSION.date_heure_connexion + 2 * SECOND)


def test_with_a_max_age_of_nothing_no_login_is_fresh() -> None:
    assert not is_fresh(SESSION, 0, now=SESSION.date_heure_connexion)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "²", "9" * 16, " 1", "٣"])
def test_a_max_age_that_is_no_number_of_seconds_is_refused(text: str) -> None:
    with refused("invalid_request", "Invalid parameter: max_age"):
        read_max_age(text)


def test_a_max_age_has_fifteen_digits_at_most() -> None:
    assert read_max_age("9" * 15) == 10**15 - 1


@pytest.mark.parametrize("name", ["request", "request_uri", "registration"])
def test_what_would_change_all_other_parameters_is_refused_by_its_name(name: str) -> None:
    check_supported({"client_id": "editeur"})
    with refused(f"{name}_not_supported", f"Parameter not supported: {name}"):
        check_supported({"client_id": "editeur", name: "x"})


def test_three_response_modes_are_known() -> None:
    for mode in ("query", "fragment", "form_post"):
        check_response_mode(mode)
    for mode in ("query.jwt", "QUERY", ""):
        with refused("invalid_request", "Invalid parameter: response_mode"):
            check_response_mode(mode)


def test_an_id_token_names_the_access_token_by_half_of_its_hash() -> None:
    # OpenID Connect Core 1.0, A.3 gives this pair.
    token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"

    assert half_hash(token) == "77QmUPtjPfzWtF2AnpK9RQ"


def test_scopes_may_be_narrowed_never_widened() -> None:
    assert narrowed(REFRESH.scopes, None) == REFRESH.scopes
    assert narrowed(REFRESH.scopes, ["openid"]) == ["openid"]
    assert narrowed(REFRESH.scopes, ["rdvpermis", "openid"]) == ["rdvpermis", "openid"]
    with refused("invalid_scope", "The scopes asked exceed those granted"):
        narrowed(REFRESH.scopes, ["openid", "email"])
