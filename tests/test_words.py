import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rdv_mock

PACKAGE = Path(rdv_mock.__file__).parent
TRANSLATIONS = {
    "slot": "creneau",
    "cart": "panier",
    "basket": "panier",
    "lesson": "lecon",
    "booking": "reservation",
    "swap": "permutation",
    "quota": "seuil",
    "penalty": "penalite",
    "school": "auto_ecole",
    "student": "eleve",
    "teacher": "formateur",
}
NAMES = {
    ast.Name: "id",
    ast.Attribute: "attr",
    ast.arg: "arg",
    ast.keyword: "arg",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name",
    ast.alias: "asname",
}


def singular(word: str) -> str:
    """A word of an identifier without the ending of its plural."""
    return re.sub("ies$", "y", word.lower()).removesuffix("s")


def words_of(identifier: str) -> set[str]:
    """The words of a snake_case, CamelCase or UPPER_CASE name, in the singular."""
    return {singular(word) for word in re.findall("[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)}


def identifiers_of(source: str) -> Iterator[tuple[int, str]]:
    """Every name that a module gives or uses, with its line."""
    for node in ast.walk(ast.parse(source)):
        field = NAMES.get(type(node))
        name = getattr(node, field) if field else None
        is_pythons_own = name == "__slots__" or (isinstance(node, ast.keyword) and name == "slots")
        if name and not is_pythons_own:
            yield getattr(node, "lineno", 0), name


def translations_in(source: str) -> list[str]:
    """Each translation in the names of a module: where, and the word of the contract."""
    return [
        f"line {line}: {name}, say {TRANSLATIONS[word]}"
        for line, name in identifiers_of(source)
        for word in words_of(name) & TRANSLATIONS.keys()
    ]


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_the_words_of_the_contract_are_not_translated(path: Path) -> None:
    assert words_of(path.stem).isdisjoint(TRANSLATIONS)
    assert translations_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "find_slots()",
        "class LessonOnWire: pass",
        "def check(quota): pass",
        "call.store.carts",
        "PENALTIES = 1",
        "import panier as basket",
        "f(school=1)",
        "HTTPBooking = 1",
    ],
)
def test_a_translation_is_found_wherever_it_stands(source: str) -> None:
    assert len(translations_in(source)) == 1


@pytest.mark.parametrize(
    "source", ["dataclass(slots=True)", "__slots__ = ()", "cartouche = 1", "'a slot'"]
)
def test_what_only_looks_like_a_translation_is_let_through(source: str) -> None:
    assert translations_in(source) == []
