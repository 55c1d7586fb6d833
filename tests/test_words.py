"""One word for one thing: in the names of the package, and in what its docstrings say."""

import ast
import re
from collections import defaultdict
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
"""Words of the contract that are not translated, by what they would be in English."""
OTHER_WORDS = {"certitude": "certainty", "connexion": "bail"}
"""Words that are used on the wire alone, by what the code says."""
OF_THE_CONTRACT = {
    "Connexion",
    "_connexions",
    "connexion",
    "connexion_on_wire",
    "connexions",
    "date_heure_connexion",
    "list_connexions",
}
"""Names in which a word of the wire is that of the wire."""
PLAIN_NAMES = {
    "Kept": "SavedState",
    "Standing": "Extras",
    "arm_like": "copy_from",
    "become": "replace_with",
    "go_on": "restore",
    "hear_out": "read_rest",
    "lived_until": "caught_up_until",
    "live_night": "run_night",
    "note_in": "save_extras",
    "save_lived_until": "save_caught_up_until",
    "save_standing": "save_extras",
    "sees": "record",
    "settle": "reload_settings",
    "settle_memory": "finish_start",
    "standing": "extras",
}
"""Names that had to be looked up, by the plain ones that took their place."""
TWICE: set[str] = set()
"""Classes of one name that there are twice."""
ROUND_ABOUT = [
    r"^Those\b",
    r"^That of\b",
    r"^The same\b",
    r"\bwhoever\b",
    r"\bso (many|much)\b",
    r"\bstands?\b(?! still|-in)",
    r"\b(is|are) to\b",
]
"""How a docstring does not speak: subject first, and the noun itself."""
MODULES = sorted(PACKAGE.rglob("*.py"))
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


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def others_in(source: str) -> list[str]:
    """Each name of a module that has a plainer or a truer one: where, and which."""
    found = []
    for line, name in identifiers_of(source):
        plain = PLAIN_NAMES.get(name.lstrip("_"))
        words = set() if name in OF_THE_CONTRACT else words_of(name) & OTHER_WORDS.keys()
        says = [*([plain] if plain else []), *(OTHER_WORDS[word] for word in words)]
        found += [f"line {line}: {name}, say {say}" for say in says]
    return found


def docstrings_of(source: str) -> Iterator[tuple[int, str]]:
    """The docstrings of modules, classes, functions and constants, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            before: ast.stmt | None = None
            for one in node.body:
                documents = before is None or isinstance(before, ast.Assign | ast.AnnAssign)
                if documents and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                    yield one.lineno, str(one.value.value)
                before = one


def round_about_in(source: str) -> list[str]:
    """Each docstring of a module that speaks in a roundabout way."""
    return [
        f"line {line}: {found[0]}"
        for line, text in docstrings_of(source)
        for manner in ROUND_ABOUT
        if (found := re.search(manner, text))
    ]


def classes_twice(sources: dict[str, str]) -> dict[str, list[str]]:
    """The names that more than one class has, each with its modules."""
    modules: dict[str, list[str]] = defaultdict(list)
    for module, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(module)
    return {name: where for name, where in modules.items() if len(where) > 1}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_thing_has_one_plain_name(path: Path) -> None:
    assert others_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "path",
    MODULES,
    ids=name_of,
)
def test_a_docstring_begins_with_what_it_is_about(path: Path) -> None:
    assert round_about_in(path.read_text(encoding="utf-8")) == []


def test_no_two_classes_have_one_name() -> None:
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}

    twice = classes_twice(sources)

    assert {name: where for name, where in twice.items() if name not in TWICE} == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
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


@pytest.mark.parametrize(
    "source",
    [
        "world.settle()",
        "def _become(): pass",
        "class Kept: pass",
        "certitude_of(x)",
        "def connexion_changes(): pass",
    ],
)
def test_a_name_that_must_be_looked_up_is_found_wherever_it_stands(source: str) -> None:
    assert len(others_in(source)) == 1


@pytest.mark.parametrize(
    "source", ["def list_connexions(): pass", "'certitude'", "settled = 1", "goes_on()"]
)
def test_a_name_of_the_wire_and_a_like_one_are_let_through(source: str) -> None:
    assert others_in(source) == []


@pytest.mark.parametrize(
    "text", ["Those of a day.", "The same again.", "Ask whoever calls.", "What is to be done."]
)
@pytest.mark.parametrize(
    "source", ['"""{}"""', 'def f():\n    """{}"""', 'class A:\n    b = 1\n    """{}"""']
)
def test_a_roundabout_docstring_is_found_wherever_it_stands(source: str, text: str) -> None:
    assert len(round_about_in(source.format(text))) == 1


@pytest.mark.parametrize(
    "source", ['say("whoever")', '"""Tell those who wait."""', "# so many", "a = 'The same'"]
)
def test_what_is_no_docstring_or_not_roundabout_is_let_through(source: str) -> None:
    assert round_about_in(source) == []


def test_two_classes_of_one_name_are_found_with_their_modules() -> None:
    sources = {"a.py": "class Entry: pass", "b.py": "class Entry: pass", "c.py": "Entry = 1"}

    assert classes_twice(sources) == {"Entry": ["a.py", "b.py"]}
