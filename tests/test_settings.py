import pytest
from pydantic import ValidationError

from rdv_mock.settings import Settings, unknown_variables


def test_a_setting_comes_from_the_environment_else_from_its_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RDV_MOCK_PORT", "9000")

    settings = Settings()

    assert (settings.port, settings.host) == (9000, "127.0.0.1")


def test_what_is_said_when_the_server_starts_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RDV_MOCK_PORT", "9000")

    assert Settings(port=9001).port == 9001


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is_for(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "65535"),
        ("public_url", "https://rdv.exemple.test"),
        ("public_url", "http://localhost:8080/mock/"),
        ("livret_base_path", "/livret"),
        ("livret_base_path", "/api/v2.1/livret_numerique~a-b"),
        ("trust_proxy", "true"),
        ("admin_token", "x"),
        ("log_format", "json"),
        ("check_answers", "warn"),
    ],
)
def test_a_good_value_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"RDV_MOCK_{name.upper()}", value)

    assert str(getattr(Settings(), name)).lower() == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "abc"),
        ("port", "-1"),
        ("port", "65536"),
        ("port", ""),
        ("public_url", "rdv.exemple.test"),
        ("public_url", "ftp://rdv.exemple.test"),
        ("public_url", "https://rdv.exemple.test?a=b"),
        ("livret_base_path", "livret"),
        ("livret_base_path", "/"),
        ("livret_base_path", "/livret/"),
        ("livret_base_path", "/livret/{id}"),
        ("trust_proxy", "peut-être"),
        ("admin_token", ""),
        ("log_format", "xml"),
        ("check_answers", "on"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"RDV_MOCK_{name.upper()}", value)

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert [problem["loc"] for problem in refused.value.errors()] == [(name,)]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("RDV_MOCK_PROT", "RDV_MOCK_PORT"),
        ("RDV_MOCK_SENARIO", "RDV_MOCK_SCENARIO"),
        ("RDV_MOCK_LOGFORMAT", "RDV_MOCK_LOG_FORMAT"),
        ("RDV_MOCK_XYZZY_QUUX_FROB", None),
    ],
)
def test_an_unknown_variable_comes_with_the_nearest_setting(name: str, nearest: str | None) -> None:
    assert unknown_variables(["PATH", name, "RDV_MOCK_HOST"]) == [(name, nearest)]


def test_no_known_variable_is_called_unknown() -> None:
    names = [f"RDV_MOCK_{name.upper()}" for name in Settings.model_fields]

    assert unknown_variables([*names, "RDV_MOCKERY", "PORT"]) == []


@pytest.mark.parametrize("name", ["scenarios", "data", "overlay"])
def test_an_empty_path_is_none_at_all(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"RDV_MOCK_{name.upper()}", "")

    assert getattr(Settings(), name) is None


@pytest.mark.parametrize("path", ["/_mock", "/w/x", "/docs", "/auth/x", "/a/../b", "/a/", "a", ""])
def test_the_livret_stands_where_nothing_else_does(path: str) -> None:
    with pytest.raises(ValidationError):
        Settings(livret_base_path=path)


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/api/v2/auto-ecole"])
def test_the_livret_does_not_take_the_place_of_rdvpermis(path: str) -> None:
    with pytest.raises(ValidationError, match="would take all of"):
        Settings(livret_base_path=path)
