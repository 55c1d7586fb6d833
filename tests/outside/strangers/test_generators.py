"""Clients that openapi-generator makes of both documents, its validation on.

Each is compiled or looked over by its language, then reads and writes the document's own examples.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.outside.commands import run
from tests.outside.strangers.conftest import wants
from tests.story.process import ServerProcess, client_of

HERE = Path(__file__).parent
BIN = Path(sys.prefix) / "strangers" / "bin"
JARS = {
    "jackson-annotations.jar": "libjackson2-databind-java",
    "jackson-databind.jar": "libjackson2-databind-java",
    "jakarta-annotation-api.jar": "libjakarta-annotation-api-java",
}
ONLY_WHAT_RUNS = "apiDocs=false,apiTests=false,modelDocs=false,modelTests=false"

RUBY_LINT = "ARGV.each { |file| RubyVM::InstructionSequence.compile_file(file) }"
"""`ruby -c`, of any number of files."""

Document = dict[str, Any]
Values = Mapping[str, list[Any]]


@pytest.fixture(params=["openapi.json", "_mock/openapi.json"], ids=["vendors", "control"])
def document(request: pytest.FixtureRequest, server: ServerProcess) -> Document:
    """A document as it is served."""
    with client_of(server) as anyone:
        served: Document = anyone.get(f"/{request.param}").json()
    return served


def generate(document: Document, generator: str, folder: Path, *more: str) -> Path:
    """Where the client is that the generator makes of a document, which it finds valid."""
    wants("java", "default-jdk-headless")
    path, client = folder / "document.json", folder / generator
    path.write_text(json.dumps(document), encoding="utf-8")
    said = run(
        *(BIN / "openapi-generator-cli", "generate", "--input-spec", path),
        *("--generator-name", generator, "--output", client),
        *("--global-property", ONLY_WHAT_RUNS, *more),
        cwd=folder,
    )
    assert "ERROR" not in said
    return client


def bodies_of(document: Document) -> Values:
    """What the document proposes to send, by the name of its shape."""
    return {
        name: schema["examples"]
        for name, schema in document["components"]["schemas"].items()
        if schema["type"] == "object" and "examples" in schema
    }


def answers_of(document: Document) -> Values:
    """What the document shows that is answered, refusals too, by the name of its shape."""
    shown: dict[str, list[Any]] = defaultdict(list)
    for name, value in _examples_of_answers(document):
        if value not in shown[name]:
            shown[name].append(value)
    return shown


def _examples_of_answers(document: Document) -> Iterator[tuple[str, Any]]:
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                for media in response.get("content", {}).values():
                    schema = media["schema"]
                    for example in media.get("examples", {}).values():
                        if "$ref" in schema:
                            yield schema["$ref"].rpartition("/")[2], example["value"]
                        elif "$ref" in schema.get("items", {}):
                            name = schema["items"]["$ref"].rpartition("/")[2]
                            yield from ((name, one) for one in example["value"])


def values_in(folder: Path, document: Document) -> Path:
    """A file with all of them."""
    path = folder / "values.json"
    values = {**answers_of(document), **bodies_of(document)}
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def check_written(said: str, document: Document) -> None:
    """Every body is written as it was read, but for what is nothing."""
    written = json.loads(said)
    assert written.keys() == {**answers_of(document), **bodies_of(document)}.keys()
    for name, bodies in bodies_of(document).items():
        assert _without_nothing(written[name]) == _without_nothing(bodies), name


def _without_nothing(value: Any) -> Any:
    """Without the keys that stand for nothing, or for what is meant without them."""
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    if not isinstance(value, dict):
        return value
    left = {key: _without_nothing(one) for key, one in value.items()}
    return {key: one for key, one in left.items() if one not in DEFAULTS}


DEFAULTS: tuple[Any, ...] = (None, [], False, 0, "setup")


def test_php_reads_and_writes_what_the_document_shows(document: Document, tmp_path: Path) -> None:
    php = wants("php", "php-cli")
    lib = generate(document, "php", tmp_path) / "lib"

    for file in sorted(lib.rglob("*.php")):
        run(php, "-l", file, cwd=tmp_path)
    said = run(php, HERE / "generated.php", lib, values_in(tmp_path, document), cwd=tmp_path)

    check_written(said, document)


def test_names_in_php_are_words_without_holes(server: ServerProcess, tmp_path: Path) -> None:
    with client_of(server) as anyone:
        lib = generate(anyone.get("/openapi.json").json(), "php", tmp_path) / "lib"

    statuts = (lib / "Model" / "StatutDeReservation.php").read_text(encoding="utf-8")
    assert "const RESERVE_PAR_MON_AUTO_ECOLE = 'RÉSERVÉ_PAR_MON_AUTO_ÉCOLE';" in statuts
    apis = {file.stem for file in (lib / "Api").iterdir()}
    assert {"AutoEcoleApi", "CentresDExamenApi", "LeconsApi"} <= apis


def test_ruby_reads_and_writes_what_the_document_shows(document: Document, tmp_path: Path) -> None:
    ruby = wants("ruby", "ruby")
    lib = generate(document, "ruby", tmp_path) / "lib"

    run(ruby, "-W0", "-e", RUBY_LINT, *sorted(lib.rglob("*.rb")), cwd=tmp_path)
    said = run(ruby, "-W0", HERE / "generated.rb", lib, values_in(tmp_path, document), cwd=tmp_path)

    check_written(said, document)


def test_python_reads_and_writes_what_the_document_shows_and_finds_a_place(
    server: ServerProcess, document: Document, tmp_path: Path
) -> None:
    client = generate(document, "python", tmp_path)
    with client_of(server) as anyone:
        token = anyone.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
    calls = (server.url, token) if "Panier" in document["components"]["schemas"] else ()

    package = client / "openapi_client"
    run(BIN / "python", "-W", "error", "-m", "compileall", "-q", package, cwd=tmp_path)
    said = run(
        BIN / "python", HERE / "generated.py", values_in(tmp_path, document), *calls, cwd=client
    )

    check_written(said, document)


def test_java_compiles_the_models(document: Document, tmp_path: Path) -> None:
    javac = wants("javac", "default-jdk-headless")
    jars = [Path("/usr/share/java") / name for name in JARS]
    for jar in jars:
        assert jar.exists(), f"{jar} is missing (Debian: {JARS[jar.name]})"
    client = generate(
        document, "java", tmp_path, "--library", "restclient",
        "--additional-properties", "openApiNullable=false",
    )  # fmt: skip

    models = sorted(client.rglob("model/*.java"))
    assert len(models) > len(bodies_of(document))
    run(
        *(javac, "-proc:none", "-classpath", ":".join(map(str, jars))),
        *("-d", tmp_path / "built"),
        *models,
        cwd=tmp_path,
    )


PROPERTY = re.compile(r'JsonPropertyName\("([\w-]+)"\)\]\s+public (\S+?)\?? (\w+)')
CHECKED = re.compile(r'Regex regex(\w+) = new Regex\((@".+"), RegexOptions.CultureInvariant\);')


def test_c_sharp_matches_nothing_but_texts(document: Document, tmp_path: Path) -> None:
    mcs, mono = wants("mcs", "mono-mcs"), wants("mono", "mono-mcs")
    client = generate(document, "csharp", tmp_path)
    checks = []
    for file in sorted(client.rglob("Model/*.cs")):
        text = file.read_text(encoding="utf-8")
        properties = {name: (wire, kind) for wire, kind, name in PROPERTY.findall(text)}
        schema = document["components"]["schemas"].get(file.stem, {})
        for name, expression in CHECKED.findall(text):
            wire, kind = properties[name]
            told = schema["properties"][wire]
            checks.append((kind, expression, (told.get("examples") or [None])[0]))
    program = tmp_path / "Held.cs"
    program.write_text(held(checks), encoding="utf-8")

    run(mcs, "-nologo", "-warnaserror", f"-out:{tmp_path / 'held.exe'}", program, cwd=tmp_path)
    said = run(mono, tmp_path / "held.exe", cwd=tmp_path)

    assert said.split() == ["True"] * sum(example is not None for _, _, example in checks)


def held(checks: list[tuple[str, str, str | None]]) -> str:
    """A program that looks at the examples of properties as the client would, in their types."""
    functions = "\n".join(
        f"  static bool C{number}({kind} it) {{ Regex regex = new Regex({expression},"
        " RegexOptions.CultureInvariant); return regex.Match(it).Success; }"
        for number, (kind, expression, _) in enumerate(checks)
    )
    calls = "\n".join(
        f"    Console.WriteLine(C{number}({json.dumps(example)}));"
        for number, (_, _, example) in enumerate(checks)
        if example is not None
    )
    return (
        "using System;\nusing System.Text.RegularExpressions;\nstruct DateOnly {}\n"
        f"static class Held {{\n{functions}\n  static void Main() {{\n{calls}\n  }}\n}}\n"
    )
