# Everything a clone needs: only Python 3.11 or later and make have to be there.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := all
.PHONY: all serve test test-fast mutants lint lint-openapi types layers docs lock bench bench-short bench-docs fuzz fuzz-edge \
	test-node test-clients test-strangers test-browser test-image clean

all: lint types layers test fuzz-edge lint-openapi test-node test-clients test-strangers test-browser test-image ## every check

serve: $(BIN)/rdv-mock ## serve on port 8080, with the command .venv/bin/rdv-mock
	@$(BIN)/rdv-mock serve

test: $(VENV)/tested ## every test that Python alone can run
	@PYTHONDEVMODE=1 $(BIN)/python -m pytest --numprocesses auto --cov --cov-report= --cov-fail-under 95 --ignore tests/contract
	@$(BIN)/python -m coverage report --include 'rdv_mock/rules/*,rdv_mock/errors.py' --fail-under 100
	@$(BIN)/python -m pytest --numprocesses auto tests/contract

test-fast: $(VENV)/tested ## rules, scenarios and comparisons, without what tries bounds or random input: half a minute
	@$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile -p no:schemathesis \
		--ignore-glob '*/test_bounds.py' --ignore-glob '*/test_fuzz.py' tests/rules tests/scenario tests/diff

mutants: $(VENV)/tested ## change rules/ in small ways, one at a time: a test has to fail for each (ten minutes)
	@$(BIN)/python -m tests.rules.mutants

lint: $(VENV)/tested
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

lint-openapi: ## the OpenAPI documents under Spectral and Redocly, not one warning
	@command -v node npm >/dev/null || { echo "lint-openapi wants Node.js and npm (Debian: nodejs npm)" >&2; exit 2; }
	@cd tests/outside/openapi && npm ci --silent && npm run --silent lint

types: $(VENV)/tested
	@$(BIN)/mypy

layers: $(VENV)/tested
	@$(BIN)/lint-imports

docs: $(VENV)/tested ## write again what is generated
	@$(BIN)/python -m tests.limit_keys
	@$(BIN)/python -m tests.feries
	@$(BIN)/python -m tests.demonstration
	@mkdir -p docs
	@$(BIN)/rdv-mock openapi export > docs/openapi.json
	@$(BIN)/rdv-mock openapi export --control > docs/control-plane.json
	@$(BIN)/rdv-mock errors > ERRORS.md
	@$(BIN)/python -m rdv_mock.document.fidelity > FIDELITY.md
	@$(BIN)/python -m tests.docs

lock: $(VENV)/tested ## resolve the dependencies anew
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" --constraint requirements.lock --group dev pyproject.toml \
		--output-file requirements-dev.lock
	@cd tests/outside/clients && ../../../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command "make lock" requirements.in --output-file requirements.lock
	@cd tests/outside/strangers && ../../../$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-annotate --custom-compile-command "make lock" requirements.in --output-file requirements.lock

test-node: $(VENV)/tested ## a vendor's OAuth code in Node
	@command -v node npm >/dev/null || { echo "test-node wants Node.js and npm (Debian: nodejs npm)" >&2; exit 2; }
	@cd tests/outside/node && npm ci --silent && npm test --silent

test-clients: $(VENV)/clients/installed ## clients that others generate from the OpenAPI document, in Python and TypeScript
	@command -v node npm >/dev/null || { echo "test-clients wants Node.js and npm (Debian: nodejs npm)" >&2; exit 2; }
	@cd tests/outside/clients && npm ci --silent
	@$(BIN)/python -m pytest tests/outside/clients

test-strangers: $(VENV)/strangers/installed ## programs that others wrote, in Java, PHP, JavaScript, Python, C
	@command -v node npm >/dev/null || { echo "test-strangers wants Node.js and npm (Debian: nodejs npm)" >&2; exit 2; }
	@cd tests/outside/strangers && npm ci --silent
	@$(BIN)/python -m pytest tests/outside/strangers

test-browser: $(VENV)/tested ## the pages in headless Chromium
	@$(BIN)/python -m pytest tests/outside/browser

bench: $(VENV)/tested ## measure everything, or what BENCH names: make bench BENCH="cold memory"; AGAINST=REV: beside it
	@$(BIN)/python -m benchmarks $(if $(AGAINST),--against $(AGAINST)) $(BENCH)

CASES ?= 20000
fuzz: $(VENV)/tested ## so many calls that nobody thought of, against a running server: CASES=20000
	@$(BIN)/python -m tests.contract.fuzz $(CASES)

fuzz-edge: CASES = 2000
fuzz-edge: $(VENV)/tested ## so many streams of bytes, good and bad, against a running server: CASES=50000
	@$(BIN)/python -m tests.serving.edge.fuzz $(CASES)

bench-short: $(VENV)/tested ## the same goals from fewer calls, in a minute
	@$(BIN)/python -m benchmarks --short $(BENCH)

bench-docs: $(VENV)/tested ## measure everything, and write what README shows of it
	@$(BIN)/python -m benchmarks --publish

test-image: $(VENV)/tested ## build the image, and prove on it what is said of it, without a Docker engine
	@CC_ENV_PORT=RDV_MOCK_PORT CC_ENV_HOST=RDV_MOCK_HOST CC_HOOK='$(BIN)/python -m pytest tests/outside/image' \
		tests/outside/container-check.sh . 18080 /_mock/ready

clean:
	@rm -rf $(VENV)

# What serving needs.
$(VENV)/served: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "rdv-mock needs Python 3.11 or later; try make PYTHON=python3.12" >&2; exit 2; }
	@echo "Installing what rdv-mock needs into $(VENV)…"
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

# The command, over this very tree: nothing is built, so nothing more has to be fetched.
$(BIN)/rdv-mock: $(VENV)/served
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "rdv_mock.pth").write_text(str(pathlib.Path.cwd()) + "\n", encoding="utf-8")'
	@printf "#!/bin/sh\n'''exec' \"%s/python\" \"\$$0\" \"\$$@\"\n' '''\nfrom rdv_mock.__main__ import main\n\nmain()\n" '$(abspath $(BIN))' > $@
	@chmod +x $@

# What the checks need on top of it.
$(VENV)/tested: requirements-dev.lock pyproject.toml $(VENV)/served
	@echo "Installing what its checks need…"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# A generator of Python clients and what they stand on, apart from ours: it wants an older typer.
$(VENV)/clients/installed: tests/outside/clients/requirements.lock $(VENV)/tested
	@echo "Installing a generator of clients…"
	@$(PYTHON) -m venv $(VENV)/clients
	@$(VENV)/clients/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r tests/outside/clients/requirements.lock
	@touch $@

# What other people wrote in Python, apart from ours as well.
$(VENV)/strangers/installed: tests/outside/strangers/requirements.lock $(VENV)/tested
	@echo "Installing what strangers use…"
	@$(PYTHON) -m venv $(VENV)/strangers
	@$(VENV)/strangers/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r tests/outside/strangers/requirements.lock
	@touch $@
