from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from rdv_mock.errors import ApiError, Refusal
from rdv_mock.facts.access import Bail, OAuthClient, Token, TokenType
from rdv_mock.facts.enumerations import (
    Activite,
    CategorieDuLivret,
    CategoriePermis,
    GroupePermis,
    StatutDemande,
    TypeFormation,
    TypeLecon,
)
from rdv_mock.facts.etp import BailLu, ContratLu, LeconLue
from rdv_mock.store import Store
from rdv_mock.store.search import CandidatSearch, TextSearch
from tests.support import instant

NOW = instant("2026-03-10T08:00:00Z")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def contains(query: str) -> TextSearch:
    return TextSearch(query=query, exact=False)


def equals(query: str) -> TextSearch:
    return TextSearch(query=query, exact=True)


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ("contrats_de_formation", ApiError.CONTRAT_INCONNU),
        ("lecons", ApiError.LECON_INCONNUE),
    ],
)
def test_what_a_path_names_is_refused_when_it_is_unknown(
    store: Store, table: str, error: ApiError
) -> None:
    with pytest.raises(Refusal) as refusal:
        store.table(table).get("inconnu")

    assert refusal.value.error is error


@pytest.mark.parametrize("lecon", ["l3", "inconnu"])
def test_a_lecon_is_one_of_its_own_contrat_or_unknown(
    store: Store, ids: dict[str, str], lecon: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        store.lecons.get_of(ids["k1"], ids.get(lecon, lecon))

    assert refusal.value.error is ApiError.LECON_INCONNUE
    assert store.lecons.get_of(ids["k1"], ids["l1"]) == store.lecons.get(ids["l1"])


def test_people_are_listed_by_nom_and_prenom_without_accents_or_case(
    store: Store, ids: dict[str, str]
) -> None:
    lea, hugo = store.employes.get(ids["lea"]), store.formateurs.get(ids["hugo"])
    names = [("Zola", "A"), ("élan", "B"), ("Elan", "Âme"), ("ŒUF", "C"), ("Dùrand", "D")]
    for number, (nom, prenom) in enumerate(names):
        autre = ids["autre"]
        store.employes.save(
            replace(lea, id=str(number), nom=nom, prenom=prenom, auto_ecole_id=autre)
        )
        store.formateurs.save(
            replace(hugo, id=str(number), nom=nom, prenom=prenom, auto_ecole_id=autre)
        )

    expected = ["D", "Âme", "B", "C", "A"]
    prenoms = [one.prenom for one in store.employes.of(ids["autre"])]
    assert [prenom for prenom in prenoms if prenom != "Max"] == expected
    assert [one.prenom for one in store.formateurs.of(ids["autre"])] == expected


def test_simulateurs_are_listed_by_number(store: Store, ids: dict[str, str]) -> None:
    (one,) = store.simulateurs.of(ids["plesses"])
    store.simulateurs.save(replace(one, id="s0", numero_autorisation="S0000000001"))

    numbers = [each.numero_autorisation for each in store.simulateurs.of(ids["plesses"])]

    assert numbers == ["S0000000001", "S0850000010"]


def test_an_employe_is_found_by_the_address_he_logs_in_with(
    store: Store, ids: dict[str, str]
) -> None:
    assert store.employes.find_by_email("lea@plesses.test") == store.employes.get(ids["lea"])
    assert store.employes.find_by_email("personne@plesses.test") is None


def test_a_neph_is_compared_character_by_character(store: Store, ids: dict[str, str]) -> None:
    ines = store.candidats.get(ids["ines"])
    twin = replace(ines, id="jumelle", nom="Autre")
    store.candidats.save(twin)

    assert store.candidats.with_numero_dossier("012345678901") == [ines, twin]
    assert store.candidats.with_numero_dossier("12345678901") == []


def test_given_etp_are_told_by_month(store: Store, ids: dict[str, str]) -> None:
    given = store.etp_donnes.by_mois(ids["plesses"], GroupePermis.B)

    assert given == {"2026-03": Decimal("2.5")}
    assert store.etp_donnes.by_mois(ids["plesses"], GroupePermis.A) == {}
    assert store.etp_donnes.by_mois(ids["autre"], GroupePermis.B) == {}


def test_the_first_client_of_the_scenario_is_the_default_one(store: Store) -> None:
    store.clients.save(OAuthClient("a-deuxieme", None, ()))
    default = store.clients.default()
    assert default is not None
    assert default.id == "editeur-demo"

    store.clients.remove("editeur-demo")
    store.clients.remove("a-deuxieme")

    assert store.clients.default() is None


def test_baux_are_due_from_their_end_on_first_due_first(store: Store) -> None:
    assert store.baux.next_end() is None
    for id_, fin, termine in [
        ("c", "2026-03-10T08:00:00Z", False),
        ("b", "2026-03-10T08:00:00Z", False),
        ("a", "2026-03-10T07:59:59.999999Z", False),
        ("later", "2026-03-10T08:00:00.000001Z", False),
        ("over", "2026-03-01T08:00:00Z", True),
    ]:
        store.baux.save(Bail(id_, "e", "c", NOW, instant(fin), termine))

    assert [bail.id for bail in store.baux.due(NOW)] == ["a", "b", "c"]
    assert store.baux.next_end() == instant("2026-03-10T07:59:59.999999Z")


def test_baux_and_tokens_are_told_by_whom_they_belong_to(store: Store) -> None:
    store.baux.save_all(Bail(id_, f"e-{id_}", "c", NOW, NOW, termine=False) for id_ in "ab")
    store.tokens.save_all(
        Token(
            id=f"{bail}{session}",
            type=TokenType.ACCESS,
            bail_id=bail,
            employe_id=f"e-{bail}",
            client_id="c",
            scopes=(),
            date_heure_expiration=NOW,
            session_id=session,
        )
        for bail in "ab"
        for session in ("1", None)
    )

    assert [bail.id for bail in store.baux.of("e-a")] == ["a"]
    assert [token.id for token in store.tokens.of_session("1")] == ["a1", "b1"]


def test_the_first_employes_are_those_that_the_scenario_tells_first(
    store: Store, ids: dict[str, str]
) -> None:
    assert [one.id for one in store.employes.first_ones(2)] == [ids["lea"], ids["max"]]


@pytest.mark.parametrize(
    ("debut", "candidat", "refs"),
    [
        ("2026-03-09T10:00:00", "zoe", ["l1"]),
        ("2026-03-09T10:00:59", "zoe", ["l1"]),
        ("2026-03-09T10:01:00", "zoe", []),
        ("2026-03-09T09:59:59", "zoe", []),
        ("2026-03-02T10:00:30", "zoe", ["l3"]),
        ("2026-03-09T10:00:00", "ines", []),
    ],
)
def test_the_same_start_is_the_same_minute_with_any_ecole(
    store: Store, ids: dict[str, str], debut: str, candidat: str, refs: list[str]
) -> None:
    found = store.lecons.at_same_start(ids[candidat], local(debut))

    assert [lecon.id for lecon in found] == [ids[ref] for ref in refs]


def test_the_same_start_is_that_of_everybody_who_bears_the_neph(
    store: Store, ids: dict[str, str]
) -> None:
    twin = replace(store.candidats.get(ids["zoe"]), id="jumelle")
    store.candidats.save(twin)

    found = store.lecons.at_same_start(twin.id, local("2026-03-09T10:00:00"))

    assert [lecon.id for lecon in found] == [ids["l1"]]


def test_a_lecon_in_the_last_second_of_a_minute_is_still_in_it(
    store: Store, ids: dict[str, str]
) -> None:
    late = replace(store.lecons.get(ids["l1"]), date_heure_debut=local("2026-03-09T10:00:59"))
    store.lecons.save(late)

    assert store.lecons.at_same_start(ids["zoe"], local("2026-03-09T10:00:00")) == [late]


def test_lecons_of_a_contrat_are_told_by_start(store: Store, ids: dict[str, str]) -> None:
    assert [lecon.id for lecon in store.lecons.of(ids["k1"])] == [ids["l2"], ids["l1"]]


def test_a_night_reads_a_lecon_with_its_contrat(store: Store, ids: dict[str, str]) -> None:
    contrat = ContratLu(
        id=ids["k1"],
        candidat_id=ids["zoe"],
        bureau_id=ids["sables"],
        categorie_permis=CategorieDuLivret.B,
        type_formation=TypeFormation.AAC,
        demande_validee=True,
    )

    (read,) = store.lecons.read_by_night(ids["plesses"], local("2026-03-01"), local("2026-04-01"))

    assert read == LeconLue(
        id=ids["l1"],
        contrat=contrat,
        type=TypeLecon.CIRCULATION,
        activite=Activite.LECON,
        date_heure_debut=local("2026-03-09T10:00:00"),
        duree_en_minutes=60,
        numero_autorisation="A0850001230",
        date_heure_reception=instant("2026-03-09T10:00:00Z"),
        rang=1,
    )


@pytest.mark.parametrize(
    ("debut", "fin", "received_after", "refs"),
    [
        ("2025-11-15T10:00:00", "2026-03-09T10:00:00", None, ["l2"]),
        ("2025-11-15T10:00:01", "2026-03-09T10:00:01", None, ["l1"]),
        ("2025-11-01", "2026-04-01", None, ["l1", "l2"]),
        ("2026-01-01", "2026-02-01", None, []),
        ("2026-01-01", "2026-02-01", "2025-11-15T09:59:59Z", ["l1", "l2"]),
        ("2026-01-01", "2026-02-01", "2025-11-15T10:00:00Z", ["l1"]),
        ("2025-11-01", "2025-12-01", "2026-03-09T09:59:59Z", ["l1", "l2"]),
    ],
)
def test_a_night_reads_what_begins_in_its_period_or_came_in_since(
    store: Store,
    ids: dict[str, str],
    debut: str,
    fin: str,
    received_after: str | None,
    refs: list[str],
) -> None:
    found = store.lecons.read_by_night(
        ids["plesses"],
        local(debut),
        local(fin),
        received_after=instant(received_after) if received_after else None,
    )

    assert sorted(lecon.id for lecon in found) == sorted(ids[ref] for ref in refs)


def test_lecons_of_one_contrat_share_what_a_night_reads_of_it(
    store: Store, ids: dict[str, str]
) -> None:
    k1, ines = store.contrats_de_formation.get(ids["k1"]), ids["ines"]
    store.contrats_de_formation.save(replace(k1, id="k9", candidat_id=ines, bureau_id=None))
    store.lecons.save(replace(store.lecons.get(ids["l1"]), id="l9", contrat_id="k9"))

    read = list(
        store.lecons.read_by_night(ids["plesses"], local("2025-01-01"), local("2027-01-01"))
    )

    assert {(lecon.contrat.id, lecon.contrat.candidat_id) for lecon in read} == {
        (ids["k1"], ids["zoe"]),
        ("k9", ines),
    }
    assert len({id(lecon.contrat) for lecon in read}) == 2


@pytest.mark.parametrize(
    ("categorie", "statut", "validee"),
    [("B", "VALIDEE", True), ("B", "EXPIREE", False), ("A2", "VALIDEE", False)],
)
def test_a_night_wants_a_demande_validee_for_the_very_category(
    store: Store, ids: dict[str, str], categorie: str, statut: str, *, validee: bool
) -> None:
    for demande in store.demandes.of(ids["zoe"]):
        store.demandes.remove(demande.id)
    demande = replace(
        store.demandes.of(ids["ines"])[0],
        id="demande",
        candidat_id=ids["zoe"],
        categorie_permis=CategoriePermis(categorie),
        statut=StatutDemande(statut),
    )
    store.demandes.save(demande)

    (read, _) = store.lecons.read_by_night(ids["plesses"], local("2025-01-01"), local("2027-01-01"))

    assert read.contrat.demande_validee == validee


def test_a_night_reads_an_ecole_with_its_formateurs_as_declared_and_all_its_baux(
    store: Store, ids: dict[str, str]
) -> None:
    hugo, lea = store.formateurs.get(ids["hugo"]), store.employes.get(ids["lea"])
    abel = replace(hugo, id="abel", nom="Abel")
    store.formateurs.save(abel)
    baux = [
        Bail(id_, employe, "c", NOW, NOW, termine=termine)
        for id_, employe, termine in [
            ("a", lea.id, True),
            ("b", lea.id, False),
            ("c", ids["max"], False),
        ]
    ]
    store.baux.save_all(baux)

    ecole = store.read_auto_ecole(ids["plesses"])

    assert ecole.code_departement == "085"
    assert [bureau.id for bureau in ecole.bureaux] == [ids["sables"]]
    assert ecole.formateurs == [hugo, abel]
    assert [one.numero_autorisation for one in ecole.simulateurs] == ["S0850000010"]
    assert ecole.baux == [BailLu(baux[0], lea), BailLu(baux[1], lea)]


def test_contrats_are_those_between_one_eleve_and_one_ecole(
    store: Store, ids: dict[str, str]
) -> None:
    between = store.contrats_de_formation.between

    assert [one.id for one in between(ids["plesses"], ids["zoe"])] == [ids["k1"]]
    assert between(ids["plesses"], ids["ines"]) == []


@pytest.mark.parametrize(
    ("nom", "numero_dossier", "categorie", "found"),
    [
        (None, None, None, True),
        (contains("henaff oeu"), None, None, True),
        (contains("%"), None, None, True),
        (equals("LHÉNAFF œuvray"), None, None, True),
        (equals("henaff"), None, None, False),
        (None, contains("12345"), None, True),
        (None, equals("12345"), None, False),
        (None, equals("000123456789"), CategorieDuLivret.B, True),
        (None, None, CategorieDuLivret.A2, False),
        (contains("henaff"), contains("x"), None, False),
    ],
)
def test_a_search_finds_the_contrats_of_an_ecole_that_meet_every_criterion(
    store: Store,
    ids: dict[str, str],
    nom: TextSearch | None,
    numero_dossier: TextSearch | None,
    categorie: CategorieDuLivret | None,
    *,
    found: bool,
) -> None:
    more = {"categorie_permis": categorie} if categorie else {}
    search = CandidatSearch(ids["plesses"], nom, numero_dossier, {**more})

    contrats, total = search.page(
        store.contrats_de_formation, order="fold(c.nom), t.id", page=1, par_page=25
    )

    assert [contrat.id for contrat in contrats] == [ids["k1"]] * found
    assert total == found


@pytest.mark.parametrize(("page_asked", "names"), [(1, ["z", "a"]), (2, ["b"]), (3, [])])
def test_a_search_is_paged_by_nom_then_id(
    store: Store, ids: dict[str, str], page_asked: int, names: list[str]
) -> None:
    k1 = store.contrats_de_formation.get(ids["k1"])
    store.candidats.save(replace(store.candidats.get(ids["ines"]), id="abel", nom="Àbel"))
    store.contrats_de_formation.remove(k1.id)
    store.contrats_de_formation.save_all(
        replace(k1, id=id_, candidat_id=candidat)
        for id_, candidat in [("b", ids["ines"]), ("a", ids["ines"]), ("z", "abel")]
    )

    page, total = CandidatSearch(ids["plesses"], None, None).page(
        store.contrats_de_formation, order="fold(c.nom), t.id", page=page_asked, par_page=2
    )

    assert [contrat.id for contrat in page] == names
    assert total == 3
