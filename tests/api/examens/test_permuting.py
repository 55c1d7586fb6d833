from tests.api.examens.acts import (
    READS,
    TOO_LATE,
    V2,
    advance,
    ids_of,
    permuter,
    reserve,
    restants,
    row_of,
)
from tests.support import Vendor, refusal_of


def test_two_candidats_change_places_and_it_costs_nothing(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="ines", nombreDeRemplacements=3)
    reserve(lea, "e2", "2026-05-20T08:00:00", candidat="zoe")
    before = [lea.get(f"{V2}/examens/{id_}").json() for id_ in ("e1", "e2")]

    assert permuter(lea, "e1", "e2") == (204, "")

    after = [lea.get(f"{V2}/examens/{id_}").json() for id_ in ("e1", "e2")]
    assert after == [
        {**before[0], "candidat": before[1]["candidat"]},
        {**before[1], "candidat": before[0]["candidat"]},
    ]
    assert [restants(lea, "B", day) for day in ("2026-04-14", "2026-05-20")] == [0, 3]
    assert row_of(lea, "Moreau")["penalites"] == []
    assert permuter(lea, "e2", "e1") == (204, "")
    assert [lea.get(f"{V2}/examens/{id_}").json() for id_ in ("e1", "e2")] == before


def test_a_candidat_who_may_not_reserve_may_still_change_places(lea: Vendor) -> None:
    reserve(lea, "e1", candidat="puni")
    reserve(lea, "e2", candidat="zoe")

    assert permuter(lea, "e1", "e2") == (204, "")


def place_every_kind(lea: Vendor) -> dict[str, tuple[int, str]]:
    """Beside e1 all that it can be permuted with or not, and what comes of trying."""
    reserve(lea, "e1", candidat="ines", groupePermis="A")
    reserve(lea, "same", candidat="zoe", groupePermis="A")
    reserve(lea, "plateau", candidat="zoe", groupePermis="A", typeEpreuvePratique="PLATEAU")
    reserve(lea, "auto", candidat="zoe")
    reserve(lea, "vide", groupePermis="A")
    reserve(lea, "annule", candidat="tom", groupePermis="A", statut="ANNULE")
    reserve(lea, "theirs", candidat="tom", groupePermis="A", autoEcole="autre")
    return {
        "e1": (422, "PERMUTATION_IMPOSSIBLE"),
        "plateau": (422, "PERMUTATION_IMPOSSIBLE"),
        "auto": (422, "PERMUTATION_IMPOSSIBLE"),
        "vide": (422, "EXAMEN_NON_NOMINATIF"),
        "annule": (422, "EXAMEN_NON_MODIFIABLE"),
        "theirs": (403, "ACTION_INTERDITE"),
        "same": (204, ""),
    }


def test_only_examens_of_one_kind_with_candidats_are_permuted(lea: Vendor) -> None:
    expected = place_every_kind(lea)

    assert {id_: permuter(lea, "e1", id_) for id_ in expected} == expected


def test_permutable_is_what_a_permutation_would_take(lea: Vendor) -> None:
    expected = place_every_kind(lea)
    reserve(lea, "earlier", "2026-04-14T07:00:00", candidat="tom", groupePermis="A")
    reserve(lea, "other-day", "2026-04-15T08:00:00", candidat="tom", groupePermis="A")
    listed = ids_of(lea, READS[2])

    assert listed == ["earlier", "same"]
    assert [id_ for id_ in expected if permuter(lea, "e1", id_)[0] == 204] == ["same"]
    assert ids_of(lea, READS[2].replace("2026-04-14", "2026-04-15")) == ["other-day"]


def test_what_is_too_late_to_change_is_not_permutable(lea: Vendor) -> None:
    reserve(lea, "e1", "2026-04-15T08:00:00", candidat="ines")
    reserve(lea, "e2", "2026-04-14T08:00:00", candidat="zoe")
    advance(lea, TOO_LATE)

    assert ids_of(lea, READS[2]) == []
    assert permuter(lea, "e1", "e2") == (422, "EXAMEN_NON_MODIFIABLE")


def test_a_permutation_of_many_faults_tells_them_in_order(lea: Vendor) -> None:
    reserve(lea, "vide", "2026-05-20T08:00:00", groupePermis="A")
    reserve(lea, "annule", candidat="ines", statut="ANNULE")

    assert permuter(lea, "vide", "annule") == (422, "EXAMEN_NON_MODIFIABLE")
    assert permuter(lea, "annule", "annule") == (422, "EXAMEN_NON_MODIFIABLE")
    assert permuter(lea, "vide", "vide") == (422, "EXAMEN_NON_NOMINATIF")


def test_permutables_of_an_examen_without_a_name_are_refused(lea: Vendor) -> None:
    reserve(lea, "vide", groupePermis="A")
    reserve(lea, "annule", groupePermis="A", statut="ANNULE")
    path = f"{V2}/examens/permutables?date=2026-04-14&examen-permute-id="

    assert refusal_of(lea.get(f"{path}vide")) == (422, "EXAMEN_NON_NOMINATIF")
    assert refusal_of(lea.get(f"{path}annule")) == (422, "EXAMEN_NON_MODIFIABLE")
