from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import yaml

from rdv_mock.facts.enumerations import (
    GroupeDuLivret,
    GroupePermis,
    StatutDuResultat,
    TypeEpreuvePratique,
)
from rdv_mock.facts.examen import Examen
from rdv_mock.store import Store
from tests.scenario.exam_world import RICH, WORLD, id_of
from tests.scenario.worlds import (
    NOW,
    Load,
    dump,
    facts_of,
    problems_of,
)
from tests.support import Vendor, instant, running


@pytest.fixture
def store(load: Load) -> Store:
    return load(WORLD)


def test_an_ordinary_creneau_is_one_of_groupe_b_and_published_already(store: Store) -> None:
    creneau = store.creneaux.get(id_of(store, "c1"))

    assert creneau.groupe_permis is GroupePermis.B
    assert creneau.type_epreuve_pratique is TypeEpreuvePratique.CIRCULATION
    assert creneau.date_heure_fin == datetime.fromisoformat("2026-04-14T08:32:00")
    assert creneau.date_heure_publication == NOW
    assert creneau.est_candidat_obligatoire is None
    assert creneau.numero_inspecteur.isdigit()


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [
        ("groupePermis: B", 32),
        ("groupePermis: A, typeEpreuvePratique: PLATEAU", 30),
        ("groupePermis: A", 40),
        ("groupePermis: CE", 60),
        ("groupePermis: CE, typeEpreuvePratique: PLATEAU", 60),
    ],
)
def test_a_creneau_lasts_as_long_as_its_epreuve(load: Load, kind: str, minutes: int) -> None:
    of_kind = f"{{ref: c1, {kind}"
    long = "limits: {creneau.dureeMinutes.B: 45, creneau.dureeMinutes.A.CIRCULATION: 45,"
    long += " creneau.dureeMinutes.A.PLATEAU: 45, creneau.dureeMinutes.CE: 45}\n"

    spans = []
    for text in (WORLD, WORLD + long):
        store = load(text.replace("{ref: c1", of_kind))
        creneau = store.creneaux.get(id_of(store, "c1"))
        spans.append(creneau.date_heure_fin - creneau.date_heure_debut)

    assert spans == [timedelta(minutes=minutes), timedelta(minutes=45)]


def test_a_creneau_lasts_as_long_when_the_hour_changes(load: Load) -> None:
    store = load(WORLD.replace("2026-04-14T08:00:00", "2026-03-29T01:45:00"))

    creneau = store.creneaux.get(id_of(store, "c1"))

    assert creneau.date_heure_fin == datetime.fromisoformat("2026-03-29T03:17:00")


def test_a_creneau_of_the_past_was_published_before_it_began(load: Load) -> None:
    store = load(WORLD.replace("2026-04-14T08:00:00", "2026-03-09T08:00:00"))

    creneau = store.creneaux.get(id_of(store, "c1"))

    assert creneau.date_heure_publication == instant("2026-03-09T07:00:00Z")


def test_the_inspector_of_a_creneau_comes_from_the_seed(load: Load) -> None:
    one, same = load(WORLD), load(WORLD)
    other = load(WORLD.replace("seed: 7", "seed: 8"))

    numbers = [
        [creneau.numero_inspecteur for creneau in store.creneaux.all()]
        for store in (one, same, other)
    ]

    assert numbers[0] == numbers[1] != numbers[2]


def test_what_a_scenario_says_of_a_creneau_stands(load: Load) -> None:
    store = load(RICH)

    creneau = store.creneaux.get(id_of(store, "past"))

    assert creneau.date_heure_fin == datetime.fromisoformat("2026-01-06T09:00:00")
    assert creneau.date_heure_publication == instant("2025-11-25T14:00:00.25Z")
    assert creneau.numero_inspecteur == "0042"
    assert creneau.est_candidat_obligatoire is False


def test_an_ordinary_examen_is_reserved_once_its_creneau_was_published(store: Store) -> None:
    examen = store.examens.get(id_of(store, "e1"))

    assert examen == Examen(
        id=examen.id,
        auto_ecole_id=id_of(store, "plesses"),
        creneau_id=id_of(store, "c1"),
        candidat_id=id_of(store, "zoe"),
        date_heure_reservation=NOW,
        date_heure_annulation=None,
        resultat=None,
        points=None,
        date_heure_resultat=None,
        nombre_de_remplacements=0,
    )


def test_the_result_of_a_scenario_was_entered_when_the_examen_ended(load: Load) -> None:
    store = load(RICH)

    examen = store.examens.get(id_of(store, "failed"))

    assert (examen.resultat, examen.points) == (StatutDuResultat.EXAMEN_ECHOUE, 18)
    assert examen.date_heure_resultat == instant("2026-01-06T08:00:00Z")
    assert examen.date_heure_annulation is None


def test_an_examen_annule_by_the_administration_is_over_and_its_creneau_lost(load: Load) -> None:
    store = load(RICH)

    examen = store.examens.get(id_of(store, "perdu"))

    assert examen.est_annule
    assert examen.occupies
    assert examen.date_heure_annulation == instant("2026-03-01T08:00:00Z")


def test_an_examen_to_come_that_the_administration_annulled_says_so_already() -> None:
    text = WORLD.replace("candidat: zoe}", "candidat: zoe, resultat: {statut: EXAMEN_ANNULE}}")
    with running(text) as application:
        lea = Vendor(application).as_("lea")

        examen = lea.get(f"/api/v2/auto-ecole/examens/{lea.id_of('e1')}").json()

    assert (examen["statut"], examen["estAnnule"]) == ("ANNULE", True)
    assert examen["resultat"] == {"statut": "EXAMEN_ANNULE", "points": None}


@pytest.mark.parametrize(
    ("said", "motifs"),
    [
        ("statut: ANNULE", []),
        ("statut: ANNULE, dateHeureAnnulation: 2026-03-08T22:59:59Z", []),
        ("statut: ANNULE, dateHeureAnnulation: 2026-03-08T23:00:00Z", ["ANNULATION_TARDIVE"]),
    ],
)
def test_a_cancellation_costs_nothing_unless_it_is_said_to_have_been_late(
    said: str, motifs: list[str]
) -> None:
    mandat = "mandats: [{autoEcole: plesses, candidat: zoe, groupePermis: B}]\n"
    text = WORLD.replace("2026-04-14T08:00:00", "2026-03-12T08:00:00")
    text = text.replace("candidat: zoe}", f"candidat: zoe, {said}}}")
    with running(text + mandat) as application:
        lea = Vendor(application).as_("lea")

        found = lea.post("/api/v2/auto-ecole/candidats-mandats/recherche", json={}).json()

    assert [one["motif"] for one in found["data"][0]["penalites"]] == motifs


def test_an_ordinary_panier_has_just_been_opened(store: Store) -> None:
    panier = store.paniers.get(id_of(store, "p1"))

    assert panier.auto_ecole_id == id_of(store, "plesses")
    assert panier.employe_id == id_of(store, "lea")
    assert panier.date_heure_creation == NOW
    assert panier.date_heure_expiration == NOW + timedelta(minutes=15)
    assert [
        (one.creneau_id, one.candidat_id) for one in store.elements_du_panier.of(panier.id)
    ] == [
        (id_of(store, "c2"), id_of(store, "ines")),
        (id_of(store, "c3"), None),
    ]


def test_a_panier_lives_as_long_as_the_limits_of_the_scenario_say(load: Load) -> None:
    store = load(WORLD + "limits: {panier.dureeMinutes: 60}\n")

    panier = store.paniers.get(id_of(store, "p1"))

    assert panier.date_heure_expiration == NOW + timedelta(hours=1)


def test_a_panier_that_was_opened_earlier_expires_earlier(load: Load) -> None:
    store = load(
        WORLD.replace("employe: lea,", "employe: lea, dateHeureCreation: 2026-03-10T07:50:00Z,")
    )

    panier = store.paniers.get(id_of(store, "p1"))

    assert panier.date_heure_expiration == instant("2026-03-10T08:05:00Z")


def test_a_coefficient_keeps_all_its_digits(load: Load) -> None:
    store = load(RICH)

    known = [
        store.coefficients.find_for("085", GroupeDuLivret.B, "2026-04"),
        store.coefficients.find_for("02A", GroupeDuLivret.A, "2026-04"),
    ]

    assert [one and one.valeur for one in known] == [Decimal("4.0"), Decimal("0.333333")]
    assert store.coefficients.find_for("085", GroupeDuLivret.B, "2026-05") is None


@pytest.mark.parametrize(
    ("responses", "status"),
    [
        ("", 201),
        ("responses: {bulkSuccessStatus: 200}\n", 200),
        ("responses: {bulkSuccessStatus: '207'}\n", 207),
    ],
)
def test_the_status_of_a_bulk_that_succeeds_is_settled(
    load: Load, responses: str, status: int
) -> None:
    assert load(WORLD + responses).settings().responses.bulk_success_status == status


def test_refs_and_ids_name_the_same_places(load: Load) -> None:
    text = (
        WORLD.replace("ref: c1,", "id: c-1,")
        .replace("creneau: c1", "creneau: c-1")
        .replace("ref: c2,", "ref: c2, id: c-2,")
        .replace("creneau: c2", "creneau: c-2")
        .replace("ref: e1,", "id: e-1,")
        .replace("ref: p1,", "id: p-1,")
    )

    store = load(text)

    assert store.examens.get("e-1").creneau_id == "c-1"
    assert [one.creneau_id for one in store.elements_du_panier.of("p-1")] == [
        "c-2",
        id_of(store, "c3"),
    ]
    assert id_of(store, "c2") == "c-2"


def test_the_same_file_gives_the_same_ids(load: Load) -> None:
    assert facts_of(load(RICH)) == facts_of(load(RICH))


HELD = "a déjà un examen ou un panier"
WITH_PANIER = WORLD[: WORLD.index("{ref: p1")].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "champ", "message"),
    [
        ("{ref: c1, centre: sables", "{ref: c1", "creneaux[0].centre", "est obligatoire"),
        (
            "{ref: c1, centre: sables",
            "{ref: c1, centre: sable",
            "creneaux[0].centre",
            "« sable » ne désigne aucun objet de ce genre ; vouliez-vous dire « sables » ?",
        ),
        ("{ref: c2,", "{ref: c1,", "creneaux[1]", "est décrit deux fois"),
        (
            "2026-04-14T08:00:00}",
            "2026-04-14T08:00:00, dateHeureFin: 2026-04-14T08:00:00}",
            "creneaux[0].dateHeureFin",
            "doit être après le début",
        ),
        (
            "2026-04-14T08:00:00}",
            "2026-04-14T08:00:00, numeroInspecteur: X1}",
            "creneaux[0].numeroInspecteur",
            "doit respecter le motif",
        ),
        (
            "2026-04-14T08:00:00}",
            "2026-04-14T08:00:00, groupePermis: BA}",
            "creneaux[0].groupePermis",
            "doit valoir A, B ou CE",
        ),
        (
            "2026-04-14T08:00:00}",
            "2026-04-14T08:00:00, estCandidatObligatoir: true}",
            "creneaux[0].estCandidatObligatoir",
            "n'est pas une clé connue ; vouliez-vous dire « estCandidatObligatoire » ?",
        ),
        (
            "2026-04-14T08:00:00}",
            "2026-03-29T02:30:00}",
            "creneaux[0].dateHeureDebut",
            "n'existe pas",
        ),
        ("candidat: zoe}", "candidat: c1}", "examens[0].candidat", "« c1 » ne désigne aucun"),
        ("autoEcole: plesses", "autoEcole: lea", "examens[0].autoEcole", "« lea » ne désigne"),
        ("candidat: zoe}", "statut: PASSE}", "examens[0].statut", "doit valoir PROGRAMME"),
        (
            "candidat: zoe}",
            "resultat: {statut: EXAMEN_REUSSI, points: -1}}",
            "examens[0].resultat.points",
            "doit être au moins 0",
        ),
        ("creneau: c1", "creneau: c3", "paniers[0].elements[1].creneau", HELD),
        ("{creneau: c3}", "{creneau: c1}", "paniers[0].elements[1].creneau", HELD),
        ("{creneau: c3}", "{creneau: c2}", "paniers[0].elements[1]", "est décrit deux fois"),
        ("employe: lea", "employe: plesses", "paniers[0].employe", "« plesses » ne désigne"),
        ("candidat: ines}", "candidat: c}", "paniers[0].elements[0].candidat", "« c » ne désigne"),
        ("valeur: 4.0", "valeur: -1", "coefficients[0].valeur", "doit être au moins 0"),
        ("valeur: 4.0", "valeur: beaucoup", "coefficients[0].valeur", "doit être un nombre"),
        (
            '"085", groupePermis: B, mois',
            '"085", groupePermis: C, mois',
            "coefficients[0].groupePermis",
            "doit valoir A, B ou CE",
        ),
        ("mois: 2026-04", "mois: 2026-4", "coefficients[0].mois", "doit respecter le motif"),
        (
            "toujours: CANDIDAT_INCONNU",
            "toujours: CANDIDAT_INCONU",
            "candidats[0].toujours",
            "n'est pas un refus qui concerne un candidat ; vouliez-vous dire « CANDIDAT_INC",
        ),
        (
            "toujours: CANDIDAT_INCONNU",
            "toujours: PANIER_PLEIN",
            "candidats[0].toujours",
            "n'est pas un refus qui concerne un candidat",
        ),
    ],
)
def test_what_is_wrong_with_a_place_is_told_with_its_line(
    old: str, new: str, champ: str, message: str
) -> None:
    text = WORLD.replace(old, new, 1)
    ((changed, _),) = set(enumerate(text.splitlines(), 1)) - set(enumerate(WORLD.splitlines(), 1))

    first, *_ = problems_of(text)

    assert (first.champ, first.message[: len(message)]) == (champ, message)
    assert first.ligne == (WITH_PANIER if message == HELD else changed)


def test_the_second_examen_on_a_creneau_is_told_with_its_own_line() -> None:
    second = "  - {autoEcole: autre,\n     creneau: c1}\npaniers:\n"
    text = WORLD.replace("paniers:\n", second)

    ((champ, message, ligne),) = problems_of(text)

    assert (champ, message) == ("examens[1].creneau", "a déjà un examen ou un panier")
    assert text.splitlines()[(ligne or 0) - 1] == "     creneau: c1}"


def test_the_second_panier_that_holds_a_creneau_is_told_with_its_own_line() -> None:
    second = "  - employe: max\n    elements:\n      - {creneau: c4}\n      - {creneau: c3}\n"
    text = WORLD.replace("coefficients:\n", f"{second}coefficients:\n")

    ((champ, message, ligne),) = problems_of(text)

    assert (champ, message) == (
        "paniers[1].elements[1].creneau",
        "a déjà un examen ou un panier",
    )
    assert text.splitlines()[(ligne or 0) - 1] == "      - {creneau: c3}"


def test_a_cancelled_examen_leaves_room_for_another(load: Load) -> None:
    text = WORLD.replace("candidat: zoe}", "candidat: zoe, statut: ANNULE}").replace(
        "paniers:\n", "  - {ref: e2, autoEcole: autre, creneau: c1}\npaniers:\n"
    )

    store = load(text)

    on_it = store.examens.find_on(id_of(store, "c1"))
    assert on_it is not None
    assert on_it.id == id_of(store, "e2")


@pytest.mark.parametrize("text", [WORLD, RICH], ids=["world", "rich"])
def test_a_world_of_places_comes_back_as_it_was(load: Load, text: str) -> None:
    store = load(text)

    other = load(dump(store))

    assert facts_of(other) == facts_of(store)
    assert dump(other) == dump(store)


def test_get_state_loads_to_the_same_bytes() -> None:
    with running(RICH) as application:
        vendor = Vendor(application)
        state = vendor.get("/_mock/state").content
        headers = {"content-type": "application/yaml"}

        assert vendor.put("/_mock/scenario", content=state, headers=headers).status_code == 200

        assert vendor.get("/_mock/state").content == state


def test_what_a_vendor_did_comes_back_too() -> None:
    paniers = "/api/v2/auto-ecole/paniers"
    text = WORLD.replace(
        "numeroDossier: 000123456789", "numeroDossier: '1', demandes: [{categoriePermis: B}]"
    ).replace("toujours: CANDIDAT_INCONNU", "demandes: [{categoriePermis: B}]")
    mandats = [
        f"{{autoEcole: plesses, candidat: {ref}, groupePermis: B}}" for ref in ("ines", "zoe")
    ]
    with running(f"{text}mandats: [{', '.join(mandats)}]\n") as application:
        lea = Vendor(application).as_("lea")
        held = f"{paniers}/{lea.id_of('p1')}"
        lea.delete(f"/api/v2/auto-ecole/examens/{lea.id_of('e1')}")
        assert lea.post(f"{held}/valider").status_code == 207
        body = {"candidatId": lea.id_of("zoe")}
        assert lea.put(f"{held}/creneaux/{lea.id_of('c3')}/candidat", json=body).status_code == 204
        other = lea.post(paniers).json()["id"]
        lea.post(f"{paniers}/{other}/creneaux", json={"creneauId": lea.id_of("c4")})
        lea.post(f"{paniers}/{other}/creneaux", json={"creneauId": lea.id_of("c1")})
        state = lea.get("/_mock/state").content

        headers = {"content-type": "application/yaml"}
        assert lea.put("/_mock/scenario", content=state, headers=headers).status_code == 200

        assert lea.get("/_mock/state").content == state
    content = yaml.safe_load(state)
    assert [one["statut"] for one in content["examens"]] == ["ANNULE", "PROGRAMME"]
    assert [[element["creneau"] for element in one["elements"]] for one in content["paniers"]] == [
        ["c3"],
        ["c4", "c1"],
    ]


def test_a_dump_names_by_ref_what_has_one(load: Load) -> None:
    content = yaml.safe_load(dump(load(WORLD)))

    assert content["examens"][0]["creneau"] == "c1"
    assert content["examens"][0]["candidat"] == "zoe"
    assert content["paniers"][0]["elements"] == [
        {"creneau": "c2", "candidat": "ines"},
        {"creneau": "c3"},
    ]
    assert content["creneaux"][0]["centre"] == "sables"
    assert content["candidats"][0]["toujours"] == "CANDIDAT_INCONNU"
    assert "toujours" not in content["candidats"][1]
    assert content["coefficients"] == [
        {"codeDepartement": "085", "groupePermis": "B", "mois": "2026-04", "valeur": "4.0"}
    ]
