import pytest

from rdv_mock.settings import Settings
from tests.support import Vendor, running

SITE = "http://localhost:3000"
PREFLIGHT = {
    "Origin": SITE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}
MANDATS = "/api/v2/auto-ecole/mandats"


def test_no_browser_of_another_site_may_call_by_default() -> None:
    with running() as application:
        answer = Vendor(application).call("OPTIONS", MANDATS, headers=PREFLIGHT)

    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origins", [SITE, f"https://exemple.test,{SITE}"])
def test_the_browsers_of_an_allowed_site_may(origins: str) -> None:
    with running(settings=Settings(cors_origins=origins)) as application:
        anyone = Vendor(application)
        preflight = anyone.call("OPTIONS", MANDATS, headers=PREFLIGHT)
        answer = anyone.call("POST", MANDATS, headers={"Origin": SITE})

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == SITE
    assert preflight.headers["x-rdv-mock"] == "1"
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "Location" in answer.headers["access-control-expose-headers"]


def test_they_may_read_that_there_is_no_such_world() -> None:
    settings = Settings(cors_origins=SITE, error_keys="erreur")
    with running(settings=settings) as application:
        answer = Vendor(application).call("GET", "/w/inconnu/docs", headers={"Origin": SITE})

    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == SITE
    assert answer.headers["x-rdv-mock"] == "1"
    assert answer.json() == {"erreur": "MONDE_INCONNU", "message": answer.json()["message"]}


def test_those_of_any_other_site_may_not() -> None:
    with running(settings=Settings(cors_origins=SITE)) as application:
        other = {**PREFLIGHT, "Origin": "https://ailleurs.test"}
        answer = Vendor(application).call("OPTIONS", MANDATS, headers=other)

    assert answer.status_code == 400
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origins", ["localhost:3000", "http://a b", "https://x/", ","])
def test_what_is_no_origin_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(ValueError, match="cors_origins"):
        Settings(cors_origins=origins)
