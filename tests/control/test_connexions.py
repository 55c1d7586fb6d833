from tests.support import CONTRATS, SMALL, Vendor, lecon, running

DECENTRALISED = SMALL.replace(
    "bureaux: [{ref: sables, nom: Les Sables}]",
    "bureaux: [{ref: sables, nom: Les Sables}, {ref: roche, nom: La Roche}]",
).replace(
    "email: lea@plesses.test}]",
    "email: lea@plesses.test, bureaux: [sables]},"
    " {ref: lucie, nom: B, prenom: L, email: l@plesses.test}]",
)


def connected(vendor: Vendor) -> dict[str | None, list[bool]]:
    """Whether each bureau is connected, bail by bail."""
    names = {vendor.id_of(ref): ref for ref in vendor.world.store.references.by_ref()}
    rows: dict[str | None, list[bool]] = {}
    for row in vendor.get("/_mock/connexions").json():
        rows.setdefault(names.get(row["bureau"]), []).append(row["connecte"])
    return rows


def test_before_any_login_no_bureau_is_connected(anyone: Vendor) -> None:
    assert connected(anyone) == {"sables": [False], "gonesse": [False], None: [False]}


def test_a_bail_connects_all_bureaux_of_the_ecole_or_those_of_the_employe() -> None:
    with running(DECENTRALISED) as application:
        anyone = Vendor(application)
        anyone.as_("lea")
        assert connected(anyone) == {
            "sables": [True],
            "roche": [False],
            "gonesse": [False],
            None: [False],
        }
        anyone.as_("lucie")
        assert connected(anyone)["sables"] == [True, True]
        assert connected(anyone)["roche"] == [True]


def test_a_connection_says_who_through_what_and_until_when(anyone: Vendor) -> None:
    anyone.as_("lea")

    row = anyone.get("/_mock/connexions").json()[0]

    assert row == {
        "autoEcole": anyone.id_of("plesses"),
        "autoEcoleRef": "plesses",
        "autoEcoleNom": "Auto-École des Plesses",
        "bureau": anyone.id_of("sables"),
        "bureauRef": "sables",
        "bureauNom": "Les Sables",
        "employe": anyone.id_of("lea"),
        "employeRef": "lea",
        "employeNom": "Léane Durant",
        "clientId": "editeur-demo",
        "debut": "2026-03-10T08:00:00Z",
        "debutParis": "2026-03-10T09:00:00+01:00",
        "fin": "2026-06-08T08:00:00Z",
        "finParis": "2026-06-08T10:00:00+02:00",
        "connecte": True,
    }


def test_a_bureau_without_a_connection_names_nobody(anyone: Vendor) -> None:
    *_, last = anyone.get("/_mock/connexions").json()

    assert (last["autoEcoleNom"], last["bureau"]) == ("École Fermée", None)
    unknown = ("bureauRef", "bureauNom", "employe", "employeRef", "employeNom", "debutParis")
    assert {last[name] for name in unknown} == {None}


def test_after_three_months_the_bureau_is_disconnected(anyone: Vendor) -> None:
    anyone.as_("lea")

    anyone.post("/_mock/clock/advance", json={"by": "P90D"})

    assert connected(anyone)["sables"] == [False]


def test_what_was_received_before_a_logout_counts_though_no_time_has_passed() -> None:
    text = SMALL.replace("clock: {", "clock: {frozen: true, ", 1)
    with running(text) as application:
        anyone = Vendor(application)
        tokens = anyone.post("/_mock/tokens", json={"employe": "lea"}).json()
        lea = Vendor(application)
        lea.headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        path = f"{CONTRATS}/{lea.id_of('k1')}/lecons"
        received = lea.post(path, json=lecon(dateHeureDebut="2026-02-10T10:00:00"))
        assert received.status_code == 201
        form = {"client_id": "editeur-demo", "client_secret": "secret-demo-rdv-mock"}
        form["refresh_token"] = tokens["refresh_token"]
        logout = "/realms/formation/protocol/openid-connect/logout"
        assert anyone.post(logout, data=form).status_code == 204

        query = "autoEcole=plesses&groupePermis=B&mois=2026-05"
        told = anyone.get(f"/_mock/etp?{query}").json()["lecons"]

    (motif,) = (one.get("motif") for one in told if one["leconId"] == received.json()["id"])
    assert motif != "BAIL_EXPIRE"
