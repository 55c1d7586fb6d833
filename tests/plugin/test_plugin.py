"""The pytest plugin, as a vendor's own test suite uses it."""

import pytest

pytest_plugins = ["pytester"]

SUITE = """
    import urllib.request
    import pytest

    def call(rdv_mock, path="/api/v2/auto-ecole/moi"):
        headers = {"Authorization": "Bearer " + rdv_mock.token("lea")}
        request = urllib.request.Request(rdv_mock.base_url + path, headers=headers)
        with urllib.request.urlopen(request) as answer:
            return answer.status

    def test_each_test_has_its_world(rdv_mock):
        assert "/w/" in rdv_mock.base_url
        assert call(rdv_mock) == 200
        assert len(rdv_mock.journal()) == 1

    def test_another_test_has_another_one(rdv_mock):
        assert rdv_mock.journal() == []

    @pytest.mark.rdv_mock(scenario="panier_plein", now="2026-03-11T09:00:00+01:00")
    def test_a_marker_says_scenario_and_time(rdv_mock):
        assert rdv_mock.id_of("plesses")
        assert rdv_mock.call("GET", "/clock")["now"] == "2026-03-11T08:00:00Z"

    @pytest.mark.rdv_mock("demonstration", now="2026-03-10T09:00:00+01:00", frozen=True)
    def test_a_running_world_may_stand_still_where_it_begins(rdv_mock):
        clock = rdv_mock.call("GET", "/clock")
        assert (clock["now"], clock["frozen"]) == ("2026-03-10T08:00:00Z", True)

    def test_the_server_is_one_for_all(rdv_mock, rdv_mock_server):
        assert rdv_mock.base_url.startswith(rdv_mock_server.base_url)
"""

FAILING = """
    import urllib.request

    def test_it_fails(rdv_mock):
        headers = {"Authorization": "Bearer " + rdv_mock.token("lea")}
        path = rdv_mock.base_url + "/api/v2/auto-ecole/employes"
        urllib.request.urlopen(urllib.request.Request(path, headers=headers)).close()
        assert False
"""

DROPPING = """
    import pytest

    def test_it_drops_its_world_and_fails(rdv_mock, rdv_mock_server):
        rdv_mock_server.drop_world(rdv_mock.base_url.rpartition("/")[2])
        assert False

    @pytest.mark.rdv_mock(now="2020-01-01T00:00:00Z")
    def test_its_clock_cannot_be_set(rdv_mock):
        pass

    @pytest.mark.rdv_mock(scenari="panier_plein")
    def test_an_argument_is_misspelt(rdv_mock):
        pass

    @pytest.mark.rdv_mock("panier_plein", "2026-03-10T09:00:00+01:00")
    def test_there_is_an_argument_too_many(rdv_mock):
        pass

    def test_nothing_is_left_of_either(rdv_mock_server):
        assert [one["name"] for one in rdv_mock_server.call("GET", "/worlds")] == ["principal"]
"""

OPTIONS = ("-p", "no:cacheprovider", "-p", "no:randomly")


def test_a_suite_gets_a_world_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)

    outcome = pytester.runpytest_subprocess("--strict-markers", *OPTIONS)

    outcome.assert_outcomes(passed=5)


def test_a_suite_may_run_in_parallel(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SUITE)

    outcome = pytester.runpytest_subprocess("-n", "2", *OPTIONS)

    outcome.assert_outcomes(passed=5)


def test_a_failed_test_tells_what_its_world_has_received(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING)

    outcome = pytester.runpytest_subprocess(*OPTIONS)

    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(["*rdv-mock journal*", "*GET /api/v2/auto-ecole/employes 200*"])


def test_a_world_that_is_gone_ends_no_session_and_none_is_left_behind(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(DROPPING)

    outcome = pytester.runpytest_subprocess(*OPTIONS)

    outcome.assert_outcomes(passed=1, failed=1, errors=3)
    outcome.stdout.fnmatch_lines(["*rdv-mock journal*", "cannot be read: 404 MONDE_INCONNU*"])


def test_settings_that_would_lock_tests_out_are_not_heeded(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(SUITE)
    folder = pytester.mkdir("etat")
    monkeypatch.setenv("RDV_MOCK_ADMIN_TOKEN", "x")
    monkeypatch.setenv("RDV_MOCK_DATA", str(folder))

    outcome = pytester.runpytest_subprocess(*OPTIONS)

    outcome.assert_outcomes(passed=5)
    assert list(folder.iterdir()) == []
