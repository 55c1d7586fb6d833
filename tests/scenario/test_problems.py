from time import perf_counter, process_time

import pytest

from rdv_mock.hints import MOST_HINTS, suggestion
from rdv_mock.scenario.patch import apply_fragment
from rdv_mock.scenario.source import read_yaml
from rdv_mock.worlds.incidents import MOST_INCIDENTS
from tests.scenario.worlds import NOW, Load, details_of, problems_of

SECONDS_FOR_ALL_HINTS = 0.5

WRONG = """\
title: ''
seed: beaucoup
clock: {now: 2026-03-10}
autoEcoles:
  - nom: a
    codeDepartement: "85"
    bureaus: []
    employes:
      - {nom: b, prenom: c}
candidats:
  - {nom: d, numeroDossier: "1", dateDeNaissance: 2026-02-30}
  - numeroDossier: "2"
limits:
  panier.capacite: 1.5
  panier.capacités: 3
"""

UNFIT = """\
title: x
lecons:
  - {contrat: k1, dateHeureDebut: 2026-03-09T10:00:00, numeroAutorisation: x}
  - {contrat: k2, dateHeureDebut: 2026-03-09T10:00:00, numeroAutorisation: x}
candidats:
  - {ref: a, nom: a, numeroDossier: "1"}
  - {ref: a, nom: b, numeroDossier: "1"}
"""

ECOLE = 'autoEcoles: [{nom: a, codeDepartement: "075", '
LECON = "lecons: [{contrat: k, numeroAutorisation: n, "
LEA = ECOLE + "ref: plesses, employes: [{ref: lea, email: a@a.test, nom: a, prenom: b}]}]"
CANDIDAT = 'candidats: [{nom: a, numeroDossier: "1", '


def test_every_problem_is_told_at_once_from_the_top_of_the_file_down() -> None:
    assert [(detail.champ, detail.ligne) for detail in problems_of(WRONG)] == [
        ("title", 1),
        ("seed", 2),
        ("clock.now", 3),
        ("autoEcoles[0].codeDepartement", 6),
        ("autoEcoles[0].bureaus", 7),
        ("autoEcoles[0].employes[0].email", 9),
        ("candidats[0].dateDeNaissance", 11),
        ("candidats[1].nom", 12),
        ("limits.panier.capacite", 14),
        ("limits.panier.capacités", 15),
    ]


def test_everything_that_does_not_fit_together_is_told_at_once() -> None:
    assert problems_of(UNFIT) == (
        ("lecons[0].contrat", "« k1 » ne désigne aucun objet de ce genre", 3),
        ("lecons[1].contrat", "« k2 » ne désigne aucun objet de ce genre", 4),
        ("candidats[1]", "est décrit deux fois", 7),
    )


@pytest.mark.parametrize(("text", "ligne"), [("", None), ("\nbonjour", 2), ("- title: x", 1)])
def test_a_scenario_is_an_object(text: str, ligne: int | None) -> None:
    assert problems_of(text) == (("corps", "doit être un objet", ligne),)


@pytest.mark.parametrize(
    ("text", "champ", "meant"),
    [
        ("candidat: []", "candidat", "candidats"),
        ("auto_ecoles: []", "auto_ecoles", "autoEcoles"),
        ("clock: {froze: true}", "clock.froze", "frozen"),
        ("responses: {errorkeys: both}", "responses.errorkeys", "errorKeys"),
        ("invent: {candidat: 3}", "invent.candidat", "candidats"),
        (
            "errors: {AUTO_ECOLE_FERMEE: {statut: 422}}",
            "errors.AUTO_ECOLE_FERMEE.statut",
            "status",
        ),
        ("clients: [{clientId: a, client_secret: b}]", "clients[0].client_secret", "clientSecret"),
        (ECOLE + "aurige: '1'}]", "autoEcoles[0].aurige", "aurigeId"),
        (
            ECOLE + "bureaux: [{nom: a, codeDepartment: b}]}]",
            "autoEcoles[0].bureaux[0].codeDepartment",
            "codeDepartement",
        ),
        (
            ECOLE + "employes: [{nom: a, prenom: b, email: c, motDepasse: d}]}]",
            "autoEcoles[0].employes[0].motDepasse",
            "motDePasse",
        ),
        (
            ECOLE + "formateurs: [{nom: a, prenom: b, numeroAutorisation: c, bureau: []}]}]",
            "autoEcoles[0].formateurs[0].bureau",
            "bureaux",
        ),
        (
            ECOLE + "simulateurs: [{numeroAutorisation: c, bureaux: []}]}]",
            "autoEcoles[0].simulateurs[0].bureaux",
            "bureau",
        ),
        (
            ECOLE + "etp: [{groupePermis: B, mois: 2026-03, valeur: 1, values: 1}]}]",
            "autoEcoles[0].etp[0].values",
            "valeur",
        ),
        (
            CANDIDAT + "demandes: [{categoriePermis: B, status: VALIDEE}]}]",
            "candidats[0].demandes[0].status",
            "statut",
        ),
        (
            LECON + "dateHeureDebut: 2026-03-09T10:00:00, duree: 60}]",
            "lecons[0].duree",
            "dureeEnMinutes",
        ),
        (LECON + "dateHeureDebut: 2026-03-09T10:00:00, typ: x}]", "lecons[0].typ", "type"),
        ("xyzzy: 1", "xyzzy", None),
    ],
)
def test_a_misspelt_key_is_told_with_the_one_that_was_meant(
    text: str, champ: str, meant: str | None
) -> None:
    hint = f" ; vouliez-vous dire « {meant} » ?" if meant else ""

    assert problems_of(f"title: x\n{text}") == ((champ, f"n'est pas une clé connue{hint}", 2),)


@pytest.mark.parametrize(
    ("text", "champ", "message"),
    [
        ("description: [x]", "description", "doit être une chaîne de caractères"),
        ("seed: -1", "seed", "doit être au moins 0"),
        ("seed: 1.5", "seed", "doit être un nombre entier"),
        ("candidats: {}", "candidats", "doit être une liste"),
        ("candidats:", "candidats", "doit être une liste"),
        ("candidats: [x]", "candidats[0]", "doit être un objet"),
        ("candidats: [{nom: a}]", "candidats[0].numeroDossier", "est obligatoire"),
        ("candidats: [{nom: '', numeroDossier: x}]", "candidats[0].nom", "doit compter au moins 1"),
        (CANDIDAT + "dateDeNaissance: 02/04/2005}]", "candidats[0].dateDeNaissance", "doit être"),
        (CANDIDAT + "dateDeNaissance: 2005-02-29}]", "candidats[0].dateDeNaissance", "doit être"),
        (CANDIDAT + "ref: ''}]", "candidats[0].ref", "doit compter au moins 1"),
        (CANDIDAT + "id: ''}]", "candidats[0].id", "doit respecter le motif"),
        (CANDIDAT + "id: a/b}]", "candidats[0].id", "doit respecter le motif"),
        (CANDIDAT + "id: É}]", "candidats[0].id", "doit respecter le motif"),
        (
            CANDIDAT + "demandes: [{categoriePermis: Z}]}]",
            "candidats[0].demandes[0].categoriePermis",
            "doit valoir A1, A2, B, B1, BE, C1",
        ),
        ("clock: {frozen: peut-être}", "clock.frozen", "doit être true ou false"),
        ("clock: {now: demain}", "clock.now", "doit être une date et une heure ISO 8601"),
        ("clock: {now: 2026}", "clock.now", "doit être une date et une heure ISO 8601"),
        ("clock: {now: 20260310}", "clock.now", "doit être une date et une heure ISO 8601"),
        ("clock: {now: 2026-03-10T09:00:00}", "clock.now", "doit porter un fuseau"),
        ("clock: {now: 1899-12-31T23:59:59Z}", "clock.now", "doit être entre 1900 et 2299"),
        ("clock: {now: 2300-01-01T00:00:00Z}", "clock.now", "doit être entre 1900 et 2299"),
        ("clock: {now: 2200-01-01T00:00:00Z}", "clock.now", "doit être entre 1900 et 2199"),
        ("clock: {now: 9999-12-31T23:59:59-12:00}", "clock.now", "doit être entre 1900 et 2299"),
        ("clock: {now: 0001-01-01T00:00:00+12:00}", "clock.now", "doit être entre 1900 et 2299"),
        ("responses: {errorKeys: none}", "responses.errorKeys", "doit valoir both, code ou erreur"),
        ("errors: {AUTO_ECOLE_FERMEE: {status: 399}}", "errors.AUTO_ECOLE_FERMEE.status", "doit"),
        ("errors: {AUTO_ECOLE_FERMEE: {status: 600}}", "errors.AUTO_ECOLE_FERMEE.status", "doit"),
        (
            "errors: {AUTO_ECOLE_FERMEE: {message: ''}}",
            "errors.AUTO_ECOLE_FERMEE.message",
            "doit compter au moins 1 caractère(s)",
        ),
        (
            "errors: {AUTO_ECOLE_FERME: {status: 422}}",
            "errors.AUTO_ECOLE_FERME",
            "n'est pas un code connu ; vouliez-vous dire « AUTO_ECOLE_FERMEE » ?",
        ),
        (
            "autoEcoles: [{nom: a, codeDepartement: 85}]",
            "autoEcoles[0].codeDepartement",
            "doit respecter le motif",
        ),
        (
            ECOLE + "employes: [{nom: a, prenom: b, email: c, role: PATRON}]}]",
            "autoEcoles[0].employes[0].role",
            "doit valoir GERANT ou EMPLOYE",
        ),
        (
            ECOLE + "etp: [{groupePermis: C, mois: 2026-03, valeur: 1}]}]",
            "autoEcoles[0].etp[0].groupePermis",
            "doit valoir A, B ou CE",
        ),
        (
            ECOLE + "etp: [{groupePermis: B, mois: 2026-13, valeur: 1}]}]",
            "autoEcoles[0].etp[0].mois",
            "doit respecter le motif",
        ),
        (
            ECOLE + "etp: [{groupePermis: B, mois: 2026-03, valeur: 1.23}]}]",
            "autoEcoles[0].etp[0].valeur",
            "ne peut avoir plus de 1 décimale(s)",
        ),
        (
            ECOLE + "etp: [{groupePermis: B, mois: 2026-03, valeur: nan}]}]",
            "autoEcoles[0].etp[0].valeur",
            "doit être un nombre",
        ),
        (LECON + "dateHeureDebut: 2026-03-09}]", "lecons[0].dateHeureDebut", "doit être une date"),
        (
            LECON + "dateHeureDebut: 2026-03-29T02:30:00}]",
            "lecons[0].dateHeureDebut",
            "n'existe pas : à cette heure on passe à l'heure d'été",
        ),
        (
            LECON + "dateHeureDebut: 2026-03-09T10:00:00, dureeEnMinutes: 0}]",
            "lecons[0].dureeEnMinutes",
            "doit être au moins 1",
        ),
        ("invent: {autoEcoles: 1001}", "invent.autoEcoles", "doit être au plus 1000"),
        ("invent: {contratsParCandidat: 3.1}", "invent.contratsParCandidat", "doit être au plus 3"),
        ("counters: {lecons: -1}", "counters.lecons", "doit être au moins 0"),
        ("counters: {lecons: 99999999999999999999}", "counters.lecons", "doit être au plus"),
        ("invent: {contratsParCandidat: nan}", "invent.contratsParCandidat", "doit être"),
    ],
)
def test_a_bad_value_is_told_in_french_with_its_line(text: str, champ: str, message: str) -> None:
    ((where, said, ligne),) = problems_of(f"title: x\n{text}")

    assert where == champ
    assert said.startswith(message)
    assert ligne == 2


def test_the_title_alone_is_obligatory() -> None:
    assert problems_of("description: x") == (("title", "est obligatoire", 1),)


def test_ten_thousand_misspelt_keys_do_not_take_for_ever() -> None:
    lines = [f"  - {{nom: a, numeroDossier: '{number}', mail: x}}" for number in range(10_000)]

    problems = problems_of("\n".join(["title: x", "candidats:", *lines]))

    assert len(problems) == 10_000


def test_a_wrong_form_and_a_wrong_ref_are_told_in_one_round() -> None:
    text = """\
title: x
seed: beaucoup
limits: {panier.capacite: x}
autoEcoles:
  - {ref: e, nom: a, codeDepartement: "075", employes: [{ref: lea, nom: a, prenom: b}]}
candidats:
  - {ref: c, nom: a, numeroDossier: "1"}
  - {ref: d, nom: a}
contratsDeFormation:
  - {ref: k, autoEcole: e, candidat: c, categoriePermis: B}
  - {ref: l, autoEcole: f, candidat: d, categoriePermis: B}
lecons:
  - {contrat: k, dateHeureDebut: 2026-03-09T10:00:00, numeroAutorisation: x}
  - {contrat: m, dateHeureDebut: 2026-03-09, numeroAutorisation: x}
  - {contrat: n, dateHeureDebut: 2026-03-09T10:00:00, numeroAutorisation: x}
baux:
  - {employe: lea, clientId: editeur-demo, debut: 2026-01-12T08:00:00Z}
  - {employe: luc, clientId: editeur-demo, debut: 2026-01-12T08:00:00Z}
incidents:
  - {operation: rien, employe: lea, drop: before}
  - {times: 0, drop: before}
"""

    assert [(detail.champ, detail.ligne) for detail in problems_of(text)] == [
        ("seed", 2),
        ("limits.panier.capacite", 3),
        ("autoEcoles[0].employes[0].email", 5),
        ("candidats[1].numeroDossier", 8),
        ("contratsDeFormation[1].autoEcole", 11),
        ("lecons[1].dateHeureDebut", 14),
        ("lecons[2].contrat", 15),
        ("baux[1].employe", 18),
        ("incidents[0].operation", 20),
        ("incidents[1].times", 21),
    ]


def test_what_is_described_badly_is_not_unknown_besides() -> None:
    text = (
        "title: x\ncandidats: [{ref: c, nom: a}]\n"
        "autoEcoles: [{ref: e, nom: a, codeDepartement: '075'}]\n"
        "mandats: [{autoEcole: e, candidat: c, groupePermis: B}]\n"
        "contratsDeFormation: [{ref: k, autoEcole: e, candidat: c, categoriePermis: B}]\n"
        "lecons: [{contrat: k, dateHeureDebut: 2026-03-09T10:00:00, numeroAutorisation: x}]"
    )

    assert [detail.champ for detail in problems_of(text)] == ["candidats[0].numeroDossier"]


def test_a_list_that_is_none_is_told_without_all_that_names_what_is_in_it() -> None:
    text = "title: x\nseed: -1\ncandidats: {}\nmandats: [{autoEcole: e, candidat: c}]"

    assert [detail.champ for detail in problems_of(text)] == ["seed", "candidats"]


def test_the_first_problems_have_a_hint_and_none_takes_its_time() -> None:
    known = [f"  - {{ref: candidat-{i:04}, nom: a, numeroDossier: '{i}'}}" for i in range(3_000)]
    unknown = [
        f"  - {{autoEcole: e, candidat: kandidat-{i:04}, groupePermis: B}}" for i in range(20)
    ]
    lines = ["title: x", "autoEcoles: [{ref: e, nom: a, codeDepartement: '075'}]"]
    text = "\n".join([*lines, "candidats:", *known, "mandats:", *unknown])

    problems = problems_of(text)

    hinted = [detail.message.partition(" ; ")[2] for detail in problems]
    assert hinted[:2] == [f"vouliez-vous dire « candidat-{i:04} » ?" for i in range(2)]
    assert [bool(hint) for hint in hinted] == [True] * MOST_HINTS + [False] * (20 - MOST_HINTS)
    began = perf_counter()
    for _ in range(MOST_HINTS):
        suggestion("kandidat-0007", [f"candidat-{i:04}" for i in range(3_000)])
    assert perf_counter() - began < SECONDS_FOR_ALL_HINTS


@pytest.mark.parametrize(
    ("begin", "line", "end"),
    [
        ("errors:", "  CANDIDAT_INCONN{}: {{message: x}}", ""),
        ("limits:", "  panier.capacites{}: 3", ""),
        ("candidats:", "  - {{nom: a, numeroDossier: '{}', toujours: CANDIDAT_INCON}}", ""),
        ("candidats:", "  - {{nom: a, numeroDossier: '{}', prenoms: x}}", ""),
        ("incidents:", "  - {{operation: jetons, after: {}, status: 500}}", ""),
        ("incidents:", "  - {{error: JETON_INVALID, after: {}}}", ""),
        ("incidents:", "  - {{autoEcole: plesse, after: {}, status: 500}}", LEA),
        ("incidents:", "  - {{employe: leaa, after: {}, status: 500}}", LEA),
    ],
)
def test_whatever_is_misspelt_the_first_problems_have_a_hint(
    begin: str, line: str, end: str
) -> None:
    lines = [line.format(number) for number in range(20)]

    problems = problems_of("\n".join(["title: x", begin, *lines, end]))

    hinted = ["vouliez-vous dire" in detail.message for detail in problems]
    assert sorted(hinted, reverse=True) == [True] * MOST_HINTS + [False] * (20 - MOST_HINTS)


@pytest.mark.parametrize(
    ("text", "champ"),
    [
        ("title: x\n{}", "corps"),
        ("title: x\nerrors: {{{}}}", "errors"),
        ("title: x\nlimits: {{{}}}", "limits"),
        ("title: x\nunknown: {{{}}}", "unknown"),
        ("title: x\ncandidats: [{{{}}}]", "candidats[0]"),
    ],
)
def test_an_object_with_ten_thousand_mistakes_is_one(text: str, champ: str) -> None:
    keys = [f"a{number}: 1" for number in range(10_001)]

    (problem,) = problems_of(text.format(("\n" if champ == "corps" else ", ").join(keys)))

    assert (problem.champ, problem.message) == (champ, "a plus de 10000 clés")


def test_a_scenario_arms_no_more_incidents_than_the_control_plane() -> None:
    incidents = "incidents:\n" + "- {operation: jeton, status: 500}\n"

    (problem,) = problems_of(f"title: x\n{incidents}" + incidents[11:] * MOST_INCIDENTS)

    assert (problem.champ, problem.ligne) == ("incidents", 2)
    assert problem.message == "compte plus de 1000 incidents"


def test_names_that_are_no_hint_any_more_are_not_even_read(load: Load) -> None:
    store = load(f"title: x\n{LEA}")
    asked: list[str] = []
    store.sql.set_trace_callback(asked.append)
    gone = "\n".join(f"  - plesse{number}" for number in range(50))
    armed = "\n".join(f"  - {{employe: leaa{number}, status: 500}}" for number in range(50))

    details_of(lambda: apply_fragment(read_yaml(f"supprimer:\n{gone}"), store, now=NOW))
    details_of(lambda: apply_fragment(read_yaml(f"incidents:\n{armed}"), store, now=NOW))

    lists = [sql for sql in asked if "LIMIT" in sql and "FROM refs" in sql.replace('"', "")]
    assert len(lists) == MOST_HINTS * 2


MANY = 4_000
SECONDS_FOR_MANY = 10
"""Some two; comparing each with all others took a minute."""


def test_any_number_of_candidats_may_share_a_neph(load: Load) -> None:
    one = "  - {{nom: a{}, numeroDossier: '1'}}"
    lines = [one.format(number) for number in range(MANY)]
    began = process_time()

    store = load("\n".join(["title: x", "candidats:", *lines]))
    more = [one.format(number) for number in range(MANY - 10, MANY * 2)]
    fragment = read_yaml("\n".join(["candidats:", *more]))

    problems = details_of(lambda: apply_fragment(fragment, store, now=NOW))

    assert [detail.champ for detail in problems] == [
        f"candidats[{index}].numeroDossier" for index in range(10)
    ]
    assert process_time() - began < SECONDS_FOR_MANY


def test_no_hint_is_looked_for_at_a_word_that_is_none() -> None:
    assert suggestion("candidat" * 20, ["candidat" * 20]) == ""


def test_nobody_looks_for_more_than_ten_thousand_problems() -> None:
    lines = [f"  - {{nom: a, numeroDossier: '{number}', mail: x}}" for number in range(10_001)]

    problems = problems_of("\n".join(["title: x", "candidats:", *lines]))

    assert problems[0] == ("corps", "a plus de 10000 problèmes ; voici les premiers", None)
    assert len(problems) == 10_001
