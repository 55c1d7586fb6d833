"""Who may steer: no page of another site, and nobody under a name that is not ours."""

from collections.abc import Iterator

import pytest

from rdv_mock.settings import Settings
from tests.support import SMALL, Vendor, refusal_of, running

REFUSED = (403, "ORIGINE_REFUSEE")
MISDIRECTED = (421, "HOTE_REFUSE")
OURS = "127.0.0.1:8080"
RESET = "/_mock/reset"
LOGIN = "/realms/formation/.well-known/openid-configuration"


@pytest.fixture
def anyone() -> Iterator[Vendor]:
    with listening_on_loopback() as vendor:
        yield vendor


class listening_on_loopback:  # noqa: N801 - reads as the function that it is used as
    """A vendor of a server on loopback with these settings."""

    def __init__(self, **settings: object) -> None:
        self._running = running(SMALL, settings=Settings.model_validate(settings))

    def __enter__(self) -> Vendor:
        application = self._running.__enter__()
        application.server.is_local = True
        return Vendor(application)

    def __exit__(self, *_: object) -> None:
        self._running.__exit__(None, None, None)


def status_of(vendor: Vendor, method: str, path: str, **headers: str) -> int | tuple[int, str]:
    """What a call with these headers comes to: a status, with its code where the door is shut."""
    written = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = vendor.call(method, path, headers={"host": OURS, **written})
    return refusal_of(answer) if answer.status_code in {403, 421} else answer.status_code


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", " cross-site"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", RESET),
        ("GET", "/_mock/state"),
        ("GET", "/_mock"),
        ("GET", "/_mock/inconnu"),
        ("HEAD", "/_mock/clock"),
        ("OPTIONS", "/_mock/clock"),
        ("POST", "/w/principal/_mock/reset"),
        ("POST", "/w/inconnu/_mock/reset"),
        ("POST", "/%5fmock/reset"),
        ("POST", "/console/reset"),
        ("POST", "/console"),
        ("DELETE", "/w/principal/console/x"),
    ],
)
def test_the_page_of_another_site_does_not_steer(
    anyone: Vendor, method: str, path: str, site: str
) -> None:
    answer = anyone.call(method, path, headers={"host": OURS, "sec-fetch-site": site})

    assert answer.status_code == 403
    if method != "HEAD":
        assert refusal_of(answer) == REFUSED


@pytest.mark.parametrize(
    ("headers", "came_to"),
    [
        ({}, 204),
        ({"sec_fetch_site": "same-origin"}, 204),
        ({"sec_fetch_site": "none"}, 204),
        ({"sec_fetch_site": "same-origin", "origin": "https://ailleurs.test"}, 204),
        ({"sec_fetch_site": "cross-site", "origin": f"http://{OURS}"}, REFUSED),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, REFUSED),
        ({"origin": f"http://{OURS}"}, 204),
        ({"origin": f"https://{OURS}"}, 204),
        ({"origin": "http://127.0.0.1"}, REFUSED),
        ({"origin": "http://127.0.0.1:3000"}, REFUSED),
        ({"origin": "http://LOCALHOST:8080"}, 204),
        ({"origin": "http://[::1]:8080"}, 204),
        ({"origin": "http://ailleurs.test"}, REFUSED),
        ({"origin": "http://ailleurs.test:8080"}, REFUSED),
        ({"origin": "http://127.0.0.1.ailleurs.test:8080"}, REFUSED),
        ({"origin": "null"}, REFUSED),
        ({"origin": "null", "sec_fetch_mode": "navigate"}, REFUSED),
        ({"origin": ""}, REFUSED),
        ({"host": "mock.localhost.", "origin": "http://mock.localhost"}, 204),
        ({"host": "10.0.0.5", "origin": "https://10.0.0.5"}, 204),
        ({"host": "10.0.0.5", "origin": "http://10.0.0.6"}, REFUSED),
        ({"host": "[FE80::1]:9", "origin": "http://[fe80::1]:9"}, 204),
        ({"origin": "http://front.test", "x_forwarded_host": "front.test"}, REFUSED),
    ],
)
def test_where_a_call_comes_from_decides(
    anyone: Vendor, headers: dict[str, str], came_to: object
) -> None:
    assert status_of(anyone, "POST", RESET, **headers) == came_to


def test_a_link_of_another_site_may_be_followed(anyone: Vendor) -> None:
    followed = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}

    assert status_of(anyone, "GET", "/_mock/docs", **followed) == 200
    assert status_of(anyone, "GET", "/_mock/state", **followed) == 200


def test_the_console_is_read_from_anywhere(anyone: Vendor) -> None:
    assert status_of(anyone, "GET", "/console", sec_fetch_site="cross-site") == 404


@pytest.mark.parametrize("path", ["/_mockery", "/consoles", "/docs", LOGIN])
def test_what_does_not_steer_is_called_from_anywhere(anyone: Vendor, path: str) -> None:
    foreign = {"sec_fetch_site": "cross-site", "host": "ailleurs.test"}

    assert status_of(anyone, "GET", path, **foreign) in {200, 404}


@pytest.mark.parametrize(
    ("origin", "came_to"),
    [("http://mien.test:3000", 204), ("http://mien.test", REFUSED), ("null", REFUSED)],
)
def test_the_origins_of_the_settings_steer(origin: str, came_to: object) -> None:
    with listening_on_loopback(cors_origins="http://mien.test:3000,http://autre.test") as anyone:
        for site in ({}, {"sec_fetch_site": "cross-site"}):
            assert status_of(anyone, "POST", RESET, origin=origin, **site) == came_to
        assert status_of(anyone, "POST", RESET, sec_fetch_site="cross-site") == REFUSED
        assert status_of(anyone, "POST", "/console/x", origin=origin) == REFUSED


def test_every_origin_steers_where_the_settings_let_every_origin_call() -> None:
    with listening_on_loopback(cors_origins="*") as anyone:
        assert status_of(anyone, "POST", RESET, origin="null", sec_fetch_site="cross-site") == 204
        assert status_of(anyone, "POST", "/console/x", origin="http://a.test") == REFUSED


def test_the_origin_of_a_public_address_and_of_a_trusted_proxy_is_ours() -> None:
    with listening_on_loopback(public_url="https://mock.test/rdv") as anyone:
        assert status_of(anyone, "POST", RESET, origin="https://mock.test") == 204
        assert status_of(anyone, "POST", RESET, origin="https://mock.test:8443") == REFUSED
    with listening_on_loopback(trust_proxy=True) as anyone:
        proxied = {"x_forwarded_host": "front.test, inner", "origin": "https://front.test"}
        assert status_of(anyone, "POST", RESET, **proxied) == 204
        assert status_of(anyone, "POST", RESET, **{**proxied, "origin": "https://inner"}) == REFUSED


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:80",
        "localhost.",
        "mock.localhost:9",
        "127.0.0.1",
        "127.8.8.8:1",
        "[::1]",
        "[::ffff:127.0.0.1]:8080",
        "192.0.2.7:8080",
        "[2001:db8::1]:8080",
        "host.docker.internal:8080",
        "host.containers.internal",
        "Host.Testcontainers.Internal",
    ],
)
def test_a_server_on_loopback_is_steered_under_names_of_its_own(anyone: Vendor, host: str) -> None:
    assert status_of(anyone, "GET", "/_mock/clock", host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["ailleurs.test", "ailleurs.test:8080", "localhost.ailleurs.test", "xlocalhost", "2130706433"],
)
@pytest.mark.parametrize("path", ["/_mock/clock", "/w/principal/_mock/clock", "/console"])
def test_and_under_no_other(anyone: Vendor, host: str, path: str) -> None:
    assert status_of(anyone, "GET", path, host=host) == MISDIRECTED


def test_the_refusal_names_the_setting(anyone: Vendor) -> None:
    answer = anyone.get("/_mock/clock", headers={"host": "ailleurs.test"})

    assert "RDV_MOCK_ALLOWED_HOSTS" in answer.json()["message"]


@pytest.mark.parametrize(
    ("settings", "host", "came_to"),
    [
        ({"allowed_hosts": "mien.test,autre.test"}, "AUTRE.test.:8080", 200),
        ({"allowed_hosts": "mien.test"}, "sous.mien.test", MISDIRECTED),
        ({"allowed_hosts": "*.mien.test"}, "sous.mien.test", 200),
        ({"allowed_hosts": "*.mien.test"}, "mien.test", MISDIRECTED),
        ({"allowed_hosts": "*"}, "nimporte.test", 200),
        ({"public_url": "https://mock.test:8443/rdv"}, "mock.test", 200),
        ({"public_url": "https://mock.test"}, "autre.test", MISDIRECTED),
        ({"trust_proxy": True}, "autre.test", MISDIRECTED),
    ],
)
def test_the_settings_may_name_more(
    settings: dict[str, object], host: str, came_to: object
) -> None:
    with listening_on_loopback(**settings) as anyone:
        assert status_of(anyone, "GET", "/_mock/clock", host=host) == came_to


def test_a_server_that_others_reach_has_any_name() -> None:
    with running() as application:
        anyone = Vendor(application)
        assert status_of(anyone, "GET", "/_mock/clock", host="rdv-mock.internal") == 200
        assert status_of(anyone, "POST", RESET, sec_fetch_site="cross-site") == REFUSED


def test_two_hosts_do_not_hide_one_another(anyone: Vendor) -> None:
    answer = anyone.http.get(
        "/_mock/clock", headers=[("host", "localhost"), ("host", "ailleurs.test")]
    )

    assert refusal_of(answer) == MISDIRECTED


@pytest.mark.parametrize("hosts", ["http://a.test", "a.test:80", "a b", "a.test,", "*x"])
def test_what_is_no_host_is_refused_at_the_start(hosts: str) -> None:
    with pytest.raises(ValueError, match="allowed_hosts"):
        Settings(allowed_hosts=hosts)
