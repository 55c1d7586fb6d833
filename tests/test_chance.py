from uuid import UUID

from rdv_mock.chance import same_secret, secret, seeded_id, seeded_random


def test_the_same_seed_gives_the_same_id_and_any_other_word_another() -> None:
    assert seeded_id(1, "lecons", 1) == seeded_id(1, "lecons", 1)
    others = {seeded_id(2, "lecons", 1), seeded_id(1, "baux", 1), seeded_id(1, "lecons", 2)}
    assert seeded_id(1, "lecons", 1) not in others
    assert len(others) == 3


def test_an_id_is_a_uuid_of_the_usual_kind() -> None:
    assert UUID(seeded_id(1, "lecons", 1)).version == 4


def test_draws_of_one_purpose_do_not_disturb_another() -> None:
    alone = seeded_random(1, "invent").random()
    other = seeded_random(1, "concurrence")
    other.random()

    assert seeded_random(1, "invent").random() == alone
    assert alone != seeded_random(1, "concurrence").random()


def test_secrets_never_repeat_and_are_compared_whole() -> None:
    one, two = secret(), secret()

    assert one != two
    assert same_secret(one, one)
    assert not same_secret(one, two)
    assert not same_secret("é", "e")
