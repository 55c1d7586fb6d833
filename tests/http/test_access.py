import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response
from joserfc import jwt

from rdv_mock.facts.access import SCOPES
from rdv_mock.serving.app import Application
from rdv_mock.worlds import callers
from tests.support import CONTRATS, LIVRET, SMALL, Vendor, contrat, instant, refusal_of, running

FORMATEURS = f"{LIVRET}/formateurs"


def tokens_for(vendor: Vendor, **request: object) -> dict[str, Any]:
    answer = vendor.post("/_mock/tokens", json={"employe": "lea", **request})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def get_with(vendor: Vendor, authorization: str) -> tuple[int, str]:
    return refusal_of(vendor.get(FORMATEURS, headers={"Authorization": authorization}))


def test_without_a_token_the_door_is_closed(anyone: Vendor) -> None:
    answer = anyone.get(FORMATEURS)

    assert refusal_of(answer) == (401, "JETON_INVALIDE")
    assert answer.headers["www-authenticate"] == 'Bearer realm="formation"'


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer  ", "Basic bGVhOmxlYQ==", "Bearer x", "Bearer a.b.c", "x" * 20_000],
)
def test_anything_but_a_living_token_is_refused(anyone: Vendor, authorization: str) -> None:
    assert get_with(anyone, authorization) == (401, "JETON_INVALIDE")


def test_a_token_that_was_sent_is_said_to_be_invalid(anyone: Vendor) -> None:
    answer = anyone.get(FORMATEURS, headers={"Authorization": "Bearer x"})

    assert answer.headers["www-authenticate"] == 'Bearer realm="formation", error="invalid_token"'


def test_of_two_tokens_the_first_one_counts(anyone: Vendor) -> None:
    mine = ("Authorization", f"Bearer {tokens_for(anyone)['access_token']}")
    other = ("Authorization", "Bearer x")

    assert anyone.http.get(FORMATEURS, headers=[mine, other]).status_code == 200
    assert anyone.http.get(FORMATEURS, headers=[other, mine]).status_code == 401


def test_the_scheme_may_be_written_in_any_case(anyone: Vendor) -> None:
    token = tokens_for(anyone)["access_token"]

    answer = anyone.get(FORMATEURS, headers={"Authorization": f"bearer {token}"})

    assert answer.status_code == 200


def test_a_token_that_was_tampered_with_is_refused(anyone: Vendor) -> None:
    header, claims, signature = tokens_for(anyone)["access_token"].split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")

    for forged in (
        f"{header}.{claims}.{signature[:-4]}AAAA",
        f"{header}.{claims}.",
        f"{none}.{claims}.",
        f"{header}.{claims[:-4]}AAAA.{signature}",
    ):
        assert get_with(anyone, f"Bearer {forged}") == (401, "JETON_INVALIDE")


def test_refresh_and_id_tokens_open_nothing(anyone: Vendor) -> None:
    tokens = tokens_for(anyone)

    for kind in ("refresh_token", "id_token"):
        assert get_with(anyone, f"Bearer {tokens[kind]}") == (401, "JETON_INVALIDE")


def test_a_token_dies_the_second_it_expires_on_the_clock_of_the_world(lea: Vendor) -> None:
    lea.post("/_mock/clock/advance", json={"by": "PT4M59S"})
    assert lea.get(FORMATEURS).status_code == 200

    lea.post("/_mock/clock/advance", json={"by": "PT1S"})
    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


def test_a_token_lives_as_long_as_it_was_asked_to(anyone: Vendor) -> None:
    tokens = tokens_for(anyone, expiresIn=100 * 86_400)
    authorization = {"Authorization": f"Bearer {tokens['access_token']}"}

    anyone.post("/_mock/clock/advance", json={"by": "P99D"})

    assert tokens["expires_in"] == 100 * 86_400
    assert anyone.get(FORMATEURS, headers=authorization).status_code == 200


def test_a_token_dies_with_its_bail(anyone: Vendor) -> None:
    tokens = tokens_for(anyone, expiresIn=100 * 86_400)
    (bail,) = anyone.world.store.baux.all()
    anyone.patch(
        "/_mock/state",
        json={"baux": [{"id": bail.id, "fin": "2026-03-11T08:00:00Z"}]},
    )

    anyone.post("/_mock/clock/advance", json={"by": "P1D"})

    assert get_with(anyone, f"Bearer {tokens['access_token']}") == (401, "JETON_INVALIDE")


def test_a_bail_that_was_moved_into_the_past_admits_nobody(anyone: Vendor) -> None:
    lea = anyone.as_("lea")
    (bail,) = anyone.world.store.baux.all()

    anyone.patch("/_mock/state", json={"baux": [{"id": bail.id, "fin": "2026-03-10T07:00:00Z"}]})

    assert refusal_of(lea.get(FORMATEURS)) == (401, "JETON_INVALIDE")


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [
        ({"autoEcoles": [{"ref": "plesses", "estFermee": True}]}, (403, "AUTO_ECOLE_FERMEE")),
        ({"supprimer": ["lea"]}, (401, "JETON_INVALIDE")),
    ],
)
def test_what_happens_while_a_body_is_on_its_way_counts(
    lea: Vendor, meanwhile: dict[str, object], refusal: tuple[int, str]
) -> None:
    def patch(someone: Vendor) -> None:
        assert someone.patch("/_mock/state", json=meanwhile).status_code == 200

    assert refusal_of(post_slowly(lea, patch)) == refusal


def test_a_token_that_expires_while_a_body_is_on_its_way_admits_nobody(lea: Vendor) -> None:
    def wait(someone: Vendor) -> None:
        writes = someone.world.store.access_writes
        advanced = someone.post("/_mock/clock/advance", json={"by": "PT5M"})
        assert advanced.status_code == 200
        assert someone.world.store.access_writes == writes

    assert refusal_of(post_slowly(lea, wait)) == (401, "JETON_INVALIDE")


def post_slowly(lea: Vendor, meanwhile: Callable[[Vendor], None]) -> Response:
    """Send a contrat in two halves, and let something happen between them."""
    body = json.dumps(contrat()).encode()

    def slow_body() -> Iterator[bytes]:
        yield body[:5]
        meanwhile(Vendor(lea.application))
        yield body[5:]

    headers = {"content-type": "application/json", "content-length": str(len(body))}
    return lea.post(CONTRATS, content=slow_body(), headers=headers)


@pytest.mark.parametrize(("scope", "works"), [("all", False), ("clock", True), ("state", True)])
def test_tokens_end_with_a_full_reset_only(lea: Vendor, scope: str, works: bool) -> None:  # noqa: FBT001
    assert lea.post(f"/_mock/reset?scope={scope}").status_code == 204

    assert (lea.get(FORMATEURS).status_code == 200) is works


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", FORMATEURS, "livret_numerique:read"),
        ("GET", f"{LIVRET}/etp", "livret_numerique:read"),
        ("POST", f"{CONTRATS}/recherche", "livret_numerique:read"),
        ("POST", CONTRATS, "livret_numerique:write"),
        ("PUT", f"{CONTRATS}/x/lecons/y", "livret_numerique:write"),
        ("DELETE", f"{CONTRATS}/x/lecons/y", "livret_numerique:write"),
    ],
)
def test_each_operation_wants_its_scope_before_it_looks_at_anything(
    anyone: Vendor, method: str, path: str, needed: str
) -> None:
    others = [scope for scope in SCOPES if scope != needed]

    with_others = anyone.as_("lea", *others).call(method, path, content=b"{")
    with_needed = anyone.as_("lea", needed).call(method, path, content=b"{")

    assert refusal_of(with_others) == (403, "SCOPE_INSUFFISANT")
    assert with_needed.status_code not in {401, 403}


def test_the_answer_is_that_of_the_provider(anyone: Vendor) -> None:
    tokens = tokens_for(anyone)
    state = jwt.decode(tokens["access_token"], anyone.application.server.signer.key).claims["sid"]

    assert {key: value for key, value in tokens.items() if not key.endswith("_token")} == {
        "session_state": state,
        "token_type": "Bearer",
        "expires_in": 300,
        "refresh_expires_in": 0,
        "scope": " ".join(SCOPES),
        "not-before-policy": 0,
    }


def test_without_openid_and_offline_access_there_is_less(anyone: Vendor) -> None:
    tokens = tokens_for(anyone, scopes=["rdvpermis"])

    assert "id_token" not in tokens
    assert tokens["refresh_expires_in"] == 1800
    assert tokens["scope"] == "rdvpermis"


def test_the_access_token_is_a_jwt_that_verifies(anyone: Vendor, application: Application) -> None:
    tokens = tokens_for(anyone)
    key = application.server.signer.key

    token = jwt.decode(tokens["access_token"], key, algorithms=["RS256"])

    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": key.thumbprint()}
    assert token.claims["iss"] == "http://testserver/realms/formation"
    assert token.claims["sub"] == anyone.id_of("lea")
    assert token.claims["aud"] == "rdvpermis"
    assert token.claims["azp"] == "editeur-demo"
    assert token.claims["exp"] - token.claims["iat"] == 300
    assert token.claims["autoEcoleId"] == anyone.id_of("plesses")
    assert token.claims["realm_access"] == {"roles": ["GERANT"]}
    assert token.claims["name"] == "Léane Durant"


@pytest.mark.parametrize(("clock", "year"), [("reelle", 2035), ("monde", 2026)])
def test_the_claims_are_stamped_with_real_time_unless_told_otherwise(clock: str, year: int) -> None:
    text = SMALL + f"limits: {{oauth.horlogeDesClaims: {clock}}}\n"
    with running(text, real=lambda: instant("2035-06-01T00:00:00Z")) as application:
        tokens = tokens_for(Vendor(application))
        token = jwt.decode(tokens["access_token"], application.server.signer.key)

    assert datetime.fromtimestamp(token.claims["iat"], UTC).year == year


@pytest.mark.parametrize("employe", ["lea", "lea@plesses.test", "{id}"])
def test_an_employe_is_named_by_ref_id_or_address(anyone: Vendor, employe: str) -> None:
    name = employe.format(id=anyone.id_of("lea"))

    assert tokens_for(anyone, employe=name)["access_token"]


def test_callers_are_known_again_however_many_there_are(
    anyone: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "MOST_KNOWN", 2)
    tokens = [tokens_for(anyone)["access_token"] for _ in range(5)]

    for token in [*tokens, *tokens]:
        bearer = {"Authorization": f"Bearer {token}"}
        assert anyone.get(FORMATEURS, headers=bearer).status_code == 200


@pytest.mark.parametrize("employe", ["personne", "plesses", ""])
def test_an_unknown_employe_gets_nothing(anyone: Vendor, employe: str) -> None:
    answer = anyone.post("/_mock/tokens", json={"employe": employe})

    assert refusal_of(answer) == (404, "EMPLOYE_INCONNU")
    assert anyone.world.store.baux.count() == 0


@pytest.mark.parametrize(
    ("request_", "champ"),
    [
        ({"employe": "lea", "clientId": "inconnu"}, "clientId"),
        ({"employe": "lea", "scopes": ["rdvpermis", "rdv"]}, "scopes[1]"),
        ({"employe": "lea", "expiresIn": 0}, "expiresIn"),
        ({"employe": "lea", "expiresIn": 10**12}, "expiresIn"),
        ({}, "employe"),
    ],
)
def test_a_bad_request_for_tokens_says_where(
    anyone: Vendor, request_: dict[str, object], champ: str
) -> None:
    answer = anyone.post("/_mock/tokens", json=request_)

    assert refusal_of(answer) == (400, "PARAMETRE_INVALIDE")
    assert [detail["champ"] for detail in answer.json()["details"]] == [champ]


def test_a_token_opens_a_bail_of_90_days(anyone: Vendor) -> None:
    tokens_for(anyone)

    (bail,) = anyone.world.store.baux.all()
    assert bail.fin - bail.debut == timedelta(days=90)
    assert (bail.employe_id, bail.client_id) == (anyone.id_of("lea"), "editeur-demo")


def test_nothing_of_a_token_is_kept_but_its_print(anyone: Vendor) -> None:
    tokens = tokens_for(anyone)

    dump = "\n".join(anyone.world.store.sql.iterdump())
    assert tokens["access_token"] not in dump
    assert tokens["refresh_token"] not in dump


def test_two_employes_of_one_ecole_share_its_contrats(anyone: Vendor) -> None:
    anyone.patch(
        "/_mock/state",
        json={
            "autoEcoles": [
                {
                    "ref": "plesses",
                    "employes": [
                        {"ref": "lucie", "nom": "Bernard", "prenom": "L", "email": "l@x.test"}
                    ],
                }
            ]
        },
    )
    created = anyone.as_("lea").post(CONTRATS, json=contrat()).json()

    assert anyone.as_("lucie").get(f"{CONTRATS}/{created['id']}").json() == created
