from pathlib import Path

import pytest

from rdv_mock.overlay.bad import BadOverlay
from rdv_mock.overlay.part import LARGEST, read_part
from tests.overlay.compiling import EXAMPLES, overlay_of, problems_of

LECON_PATH = "/api/v1/livret-numerique/contrats-de-formation/{contratId}/lecons"


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.stem)
def test_the_examples_fit_the_document(path: Path) -> None:
    assert problems_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "operations:\n  declarerLeçon: {path: /x}",
            "2: operations.declarerLeçon n'est pas une opération connue"
            " ; vouliez-vous dire « declarerLecon » ?",
        ),
        (
            "operations:\n  putClock: {path: /x}",
            "2: operations.putClock appartient au plan de contrôle ou au fournisseur OpenID, où"
            " rien ne se renomme",
        ),
        (
            "operations:\n  jeton: {method: GET}",
            "2: operations.jeton appartient au plan de contrôle ou au fournisseur OpenID, où"
            " rien ne se renomme",
        ),
        (
            "schemas:\n  Leçon: {type: nature}",
            "2: schemas.Leçon n'est pas un schéma connu ; vouliez-vous dire « Lecon » ?",
        ),
        (
            "schemas:\n  Lecon:\n    dureeEnMinute: duree",
            "3: schemas.Lecon.dureeEnMinute n'est pas un champ de Lecon"
            " ; vouliez-vous dire « dureeEnMinutes » ?",
        ),
        (
            "fields:\n  numeroDossiers: neph",
            "2: fields.numeroDossiers n'est pas un champ connu"
            " ; vouliez-vous dire « numeroDossier » ?",
        ),
        (
            "parameters:\n  groupe-permi: groupe",
            "2: parameters.groupe-permi n'est pas un paramètre connu"
            " ; vouliez-vous dire « groupe-permis » ?",
        ),
        (
            "operations:\n  lireEtp:\n    parameters: {moi: mois}",
            "3: operations.lireEtp.parameters.moi n'est pas un paramètre de lireEtp"
            " ; vouliez-vous dire « mois » ?",
        ),
        (
            "operations:\n  declarerLecon:\n    request: {filtre.nom: x}",
            "3: operations.declarerLecon.request.filtre.nom ne mène à aucun champ de ce corps",
        ),
        (
            "operations:\n  rechercherContratsDeFormation:\n    request: {filtre.non: x}",
            "3: operations.rechercherContratsDeFormation.request.filtre.non"
            " ne mène à aucun champ de ce corps ; vouliez-vous dire « nom » ?",
        ),
        (
            "operations:\n  retirerLecon:\n    response: {id: x}",
            "3: operations.retirerLecon.response.id ne mène à aucun champ de ce corps",
        ),
        (
            "codes: {LECON_DEJA_RENSEIGNE: X}",
            "1: codes.LECON_DEJA_RENSEIGNE n'est pas un code connu"
            " ; vouliez-vous dire « LECON_DEJA_RENSEIGNEE » ?",
        ),
        (
            "codes: {SCENARIO_INVALIDE: X}",
            "1: codes.SCENARIO_INVALIDE appartient au plan de contrôle ou au fournisseur OpenID,"
            " où rien ne se renomme",
        ),
        (
            "statuses: {MONDE_INCONNU: 410}",
            "1: statuses.MONDE_INCONNU appartient au plan de contrôle ou au fournisseur OpenID,"
            " où rien ne se renomme",
        ),
        (
            "statuses: {PANIER_PLEIN: 204}",
            "1: statuses.PANIER_PLEIN 204 n'a pas de corps, et un refus en a un",
        ),
        (
            "operations:\n  ajouterCreneau: {statuses: {PANIER_PLEIN: 304}}",
            "2: operations.ajouterCreneau.statuses.PANIER_PLEIN"
            " 304 n'a pas de corps, et un refus en a un",
        ),
        (
            "operations:\n  declarerLecon: {statuses: {PANIER_PLEIN: 409}}",
            "2: operations.declarerLecon.statuses.PANIER_PLEIN n'est pas un refus de declarerLecon",
        ),
        (
            "operations:\n  prendreMandat: {method: GET}",
            "2: operations.prendreMandat.method"
            " GET n'a pas de corps, et prendreMandat en reçoit un",
        ),
        (
            "paths:\n  /api/v1/livret-numérique: /livret",
            "2: paths./api/v1/livret-numérique n'est pas le début d'un chemin connu"
            " ; vouliez-vous dire « /api/v1/livret-numerique » ?",
        ),
    ],
)
def test_what_does_not_exist_is_told_with_its_line_and_the_near_word(
    text: str, problem: str
) -> None:
    assert problems_of(text) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "operations:\n  listerFormateurs: {path: /x}\n  listerSimulateurs: {path: /x}",
            "3: operations.listerSimulateurs.path GET /x est déjà l'adresse de listerFormateurs",
        ),
        (
            "operations:\n  listerFormateurs: {path: /api/v1/livret-numerique/simulateurs}",
            "2: operations.listerFormateurs.path GET /api/v1/livret-numerique/simulateurs"
            " est déjà l'adresse de listerSimulateurs",
        ),
        (
            "operations:\n  listerSimulateurs: {path: /api/v1/livret-numerique/formateurs}",
            "2: operations.listerSimulateurs.path GET /api/v1/livret-numerique/formateurs"
            " est déjà l'adresse de listerFormateurs",
        ),
        (
            "operations:\n  corrigerLecon: {method: DELETE}",
            f"2: operations.corrigerLecon DELETE {LECON_PATH}/{{leconId}}"
            " est déjà l'adresse de retirerLecon",
        ),
        (
            "operations:\n  corrigerLecon: {method: DELETE, path: '/l/{contratId}/{leconId}'}\n"
            "  retirerLecon: {path: '/l/{leconId}/{contratId}'}",
            "3: operations.retirerLecon.path DELETE /l/{leconId}/{contratId}"
            " est déjà l'adresse de corrigerLecon",
        ),
        (
            "operations:\n  lireContratDeFormation: {path: '/l/{contratId}'}\n"
            "  lirePanier: {path: '/l/{panierId}', method: PUT}",
            "2: operations.lireContratDeFormation.path /l/{contratId} ne diffère de celui de"
            " lirePanier que par des noms",
        ),
        (
            "operations:\n  lirePanier: {path: '/l/{contratId}'}",
            "2: operations.lirePanier.path ne contient plus {panierId}, dont lirePanier a besoin",
        ),
        (
            "operations:\n  lirePanier: {path: '/l/{panierId}/{panierId}'}",
            "2: operations.lirePanier.path contient deux fois le même paramètre",
        ),
        (
            "operations:\n  lirePanier: {path: '/l/{panierId}/{panierIdd}'}",
            "2: operations.lirePanier.path contient {panierIdd}, que lirePanier ne connaît pas"
            " ; vouliez-vous dire « panierId » ?",
        ),
        (
            "operations:\n  lirePanier: {path: '/{panierId}/panier'}",
            "2: operations.lirePanier.path ne peut commencer ni par un paramètre ni par /_mock,"
            " /auth, /docs, /openapi.json, /realms, /swagger-ui, /v3, /w",
        ),
        (
            "paths:\n  /api/v1/livret-numerique: /_mock/livret",
            "2: paths./api/v1/livret-numerique ne peut commencer ni par un paramètre ni par /_mock,"
            " /auth, /docs, /openapi.json, /realms, /swagger-ui, /v3, /w",
        ),
        (
            "paths:\n  /api/v1/livret-numerique: /a/../livret",
            "2: paths./api/v1/livret-numerique ne peut contenir ni « . » ni « .. »",
        ),
        (
            "paths:\n  /api/v1/auto-ecole: /api/v2/auto-ecole",
            "2: paths./api/v1/auto-ecole GET /api/v2/auto-ecole/moi"
            " est déjà l'adresse de lireMonAutoEcole",
        ),
        (
            "schemas:\n  Lecon: {dateHeureDebut: date, dateHeureFin: date}",
            "2: schemas.Lecon.dateHeureFin « date » serait le nom de dateHeureDebut et de"
            " dateHeureFin dans Lecon",
        ),
        (
            "schemas:\n  Lecon: {dateHeureDebut: id}",
            "2: schemas.Lecon.dateHeureDebut « id » serait le nom de id et de dateHeureDebut"
            " dans Lecon",
        ),
        (
            "fields:\n  numeroDossier: nom",
            "2: fields.numeroDossier « nom » serait le nom de nom et de numeroDossier"
            " dans Candidat",
        ),
        (
            "operations:\n  lireLecon: {path: '/l/{contratId}/{leconId}'}\n  corrigerLecon:\n"
            "    {path: '/l/{contratId}/{id}', parameters: {leconId: id}}",
            "4: operations.corrigerLecon.path /l/{contratId}/{id} ne diffère de celui de lireLecon"
            " que par des noms",
        ),
        (
            "operations:\n  declarerLecon:\n    request: {type: activite}",
            "3: operations.declarerLecon.request « activite » serait le nom de type et de activite"
            " dans un même objet",
        ),
        (
            "operations:\n  listerLecons:\n    response: {type: activite}",
            "3: operations.listerLecons.response « activite » serait le nom de type et de activite"
            " dans un même objet",
        ),
        (
            "codes: {PANIER_PLEIN: PANIER_INCONNU}",
            "1: codes.PANIER_PLEIN « PANIER_INCONNU » serait le nom de PANIER_INCONNU et de"
            " PANIER_PLEIN",
        ),
        (
            "codes:\n  PANIER_INCONNU: X\n  PANIER_PLEIN: X",
            "3: codes.PANIER_PLEIN « X » serait le nom de PANIER_INCONNU et de PANIER_PLEIN",
        ),
        (
            "parameters:\n  date-debut: statut",
            "2: parameters.date-debut « statut » serait le nom de statut et de date-debut"
            " dans listerDatesExamens",
        ),
        (
            "operations:\n  lireEtp:\n    parameters: {mois: groupe-permis}",
            "3: operations.lireEtp.parameters.mois « groupe-permis » serait le nom de mois et de"
            " groupe-permis dans lireEtp",
        ),
    ],
)
def test_an_overlay_that_collides_is_refused_where_it_does(text: str, problem: str) -> None:
    assert problem in problems_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "fields: {nom: numeroDossier, numeroDossier: nom}",
        "schemas: {Lecon: {dateHeureDebut: dateHeureFin, dateHeureFin: dateHeureDebut}}",
        "codes: {PANIER_PLEIN: PANIER_INCONNU, PANIER_INCONNU: PANIER_PLEIN}",
        "parameters: {date-debut: statut, statut: date-debut}",
        "operations: {lireMonAutoEcole: {path: /a}, lireMonAutoEcoleV1: {path: /b}}",
        "operations: {listerFormateurs: {path: /x}, creerPanier: {path: /x}}",
        "operations: {lirePanier: {path: '/l/{x}', parameters: {panierId: x}}}",
        "operations: {lirePanier: {parameters: {panierId: x}}, supprimerPanier:"
        " {parameters: {panierId: x}}}",
        "parameters: {panierId: id-du-panier}",
        "operations: {retirerLecon: {status: 200}, lireLecon: {status: 203}}",
        "statuses: {PANIER_PLEIN: 599, PANIER_INCONNU: 200}",
        "operations: {declarerLecon: {statuses: {SERVICE_INDISPONIBLE: 502}}}",
        "fields: {nom: nom}",
        "{}",
        "",
    ],
)
def test_names_may_change_places_and_addresses_be_shared_by_methods(text: str) -> None:
    assert problems_of(text or "{}") == []


def test_what_an_operation_says_goes_before_its_schema_and_that_before_everywhere() -> None:
    overlay = overlay_of(
        "fields: {type: a, activite: b, id: c}\n"
        "schemas: {Lecon: {type: d, activite: e}}\n"
        "operations: {lireLecon: {response: {type: f}}}\n"
    )

    lecon, lecons = overlay.operations["lireLecon"], overlay.operations["listerLecons"]
    assert lecon.response
    assert lecons.response
    assert lecons.response.items
    assert [lecon.response.names[name] for name in ("type", "activite", "id")] == ["f", "e", "c"]
    assert lecons.response.items.names["type"] == "d"


def test_names_are_theirs_in_what_they_write_and_ours_in_the_rest_of_a_path() -> None:
    overlay = overlay_of(
        "paths:\n"
        "  /api/v2/auto-ecole: /api/v3\n"
        "  /api/v1/livret-numerique/contrats-de-formation/{contratId}: /l/{leconId}\n"
        "parameters: {panierId: creneauId, creneauId: panierId, contratId: leconId, leconId: id}\n"
    )

    paths = {name: one.path for name, one in overlay.operations.items()}
    assert paths["retirerCreneau"] == "/api/v3/paniers/{panierId}/creneaux/{creneauId}"
    assert paths["lireLecon"] == "/l/{contratId}/lecons/{leconId}"


def test_the_longest_beginning_of_a_path_moves_it() -> None:
    overlay = overlay_of(
        "paths:\n"
        "  /api/v1/livret-numerique: /l\n"
        "  /api/v1/livret-numerique/contrats-de-formation/{contratId}/lecons: /l2/{contratId}\n"
    )

    paths = {name: one.path for name, one in overlay.operations.items()}
    assert paths["lireContratDeFormation"] == "/l/contrats-de-formation/{contratId}"
    assert paths["lireLecon"] == "/l2/{contratId}/{leconId}"
    assert paths["lirePanier"] == "/api/v2/auto-ecole/paniers/{panierId}"


def lines_of(path: Path) -> list[str]:
    with pytest.raises(BadOverlay) as bad:
        read_part(path)
    return [line.removeprefix(str(path)) for line in bad.value.lines()]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\xff", ": fichier n'est pas en UTF-8"),
        (b"#" * (LARGEST + 1), ": fichier dépasse 1 Mio"),
        (b"- a", ":1: corps doit être un objet"),
        (b"fields: {a: b", ":2: corps n'est pas du YAML lisible : "),
        (b"fields: {}\nfields: {}", ":2: corps la clé fields est écrite deux fois"),
        (
            b"fields: {}\nfeilds: {}",
            ":2: feilds n'est pas une clé connue ; vouliez-vous dire « fields » ?",
        ),
        (
            b"operations:\n  declarerLecon: {statut: 200}",
            ":2: operations.declarerLecon.statut n'est pas une clé connue"
            " ; vouliez-vous dire « status » ?",
        ),
        (
            b"operations:\n  declarerLecon: {status: 199}",
            ":2: operations.declarerLecon.status doit être au moins 200",
        ),
        (
            b"operations:\n  declarerLecon: {status: 300}",
            ":2: operations.declarerLecon.status doit être au plus 299",
        ),
        (b"statuses: {PANIER_PLEIN: 600}", ":1: statuses.PANIER_PLEIN doit être au plus 599"),
        (
            b"statuses: {PANIER_PLEIN: oui}",
            ":1: statuses.PANIER_PLEIN doit être un nombre entier",
        ),
        (
            b"operations:\n  declarerLecon: {method: TRACE}",
            ":2: operations.declarerLecon.method doit valoir GET, POST, PUT, PATCH ou DELETE",
        ),
        (b"operations:\n  lireEtp: {path: etp}", ":2: operations.lireEtp.path doit respecter"),
        (b"operations:\n  lireEtp: {path: /etp/}", ":2: operations.lireEtp.path doit respecter"),
        (b"operations:\n  lireEtp: {path: '/e?a=b'}", ":2: operations.lireEtp.path doit respecter"),
        (b"operations:\n  lireEtp: {path: '/{a}b'}", ":2: operations.lireEtp.path doit respecter"),
        (b"fields: {nom: ''}", ":1: fields.nom doit respecter"),
        (b"fields: {nom: a.b}", ":1: fields.nom doit respecter"),
        (b"fields: {nom: null}", ":1: fields.nom doit être une chaîne de caractères"),
        (b"codes: {PANIER_PLEIN: 'A B'}", ":1: codes.PANIER_PLEIN doit respecter"),
        (b"fields: {1: a, 1: b}", ":1: corps la clé 1 est écrite deux fois"),
    ],
)
def test_an_overlay_that_cannot_be_read_says_where_and_why(
    tmp_path: Path, content: bytes, line: str
) -> None:
    path = tmp_path / "surcouche.yaml"
    path.write_bytes(content)

    (found,) = lines_of(path)

    assert found.startswith(line)


def test_a_file_that_is_not_there_and_a_bomb_are_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bombe.yaml"
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    bomb.write_text("a0: &a0 [x, x, x, x]\n" + "\n".join(levels), "utf-8")

    assert lines_of(tmp_path / "absent.yaml") == [
        ": fichier est illisible : No such file or directory"
    ]
    assert "alias" in lines_of(bomb)[0]


def test_every_problem_is_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "surcouche.yaml"
    path.write_text("codes: {A: b c}\nstatuses: {B: 1}\nfields: {c: ''}\n", "utf-8")

    assert [line.partition(" ")[0] for line in lines_of(path)] == [":1:", ":2:", ":3:"]
