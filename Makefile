# Every command of the project. `make help` lists them with a sentence each.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
REQUIREMENTS := requirements/build.txt requirements/dev.txt
PACKAGES := fhir_server hl7 mappers profiles
CHECKED := $(PACKAGES) $(wildcard tests bench demo docs)
WORKERS ?= 2
PYTEST := $(BIN)/pytest -q -n $(WORKERS) --dist worksteal

# The Python to build .venv with: the first one found that is new enough, or PYTHON=... .
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$python" -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && { echo "$$python"; break; }; done)

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(STAMP) ## make .venv with the product and its tools, and nothing else

$(STAMP): $(REQUIREMENTS) requirements/runtime.txt pyproject.toml
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		echo "Parity needs Python 3.11 or newer; name one with: make $(or $(MAKECMDGOALS),install) PYTHON=/path/to/python3" >&2; exit 2; }
	@[ -x $(BIN)/pip ] || "$(PYTHON)" -m venv --clear $(VENV)
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
		$(addprefix -r ,$(REQUIREMENTS))
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@

.PHONY: run
run: install ## start the demonstration practice: web, worker and MLLP listener, until Ctrl-C
	$(BIN)/python -m demo

.PHONY: format
format: install ## lay out the code and put right what ruff can
	$(BIN)/ruff check --quiet --fix-only $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

.PHONY: static
static: install ## judge layout, lint and types without running anything
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy $(CHECKED)

.PHONY: check
check: static ## static, then layers, sizes and unit tests: before each commit
	$(PYTEST) tests/architecture tests/unit

.PHONY: test
test: static browser clients sshd ## everything, on SQLite and on a private PostgreSQL
	$(PYTEST)

.PHONY: browser
browser: install ## install Chromium for tests/browser where the machine allows it
	@$(BIN)/python -m tests.browser.install

.PHONY: clients
clients: install ## install fhir-kit-client for tests/clients where the machine allows it
	@$(BIN)/python -m tests.clients.install

.PHONY: sshd
sshd: install ## install OpenSSH's server for the SFTP tests where the machine allows it
	@$(BIN)/python -m tests.integration.transport.install

.PHONY: bench
bench: install ## measure the server beside the limits of this machine
	$(BIN)/python -m bench

.PHONY: bench-scale
bench-scale: install ## measure searches, storage and memory at 1,000, 30,000 and 1,000,000 resources
	$(BIN)/python -m bench.scale $(SIZES)

.PHONY: soak
soak: install ## load a listener with HL7 v2 results for MINUTES (10), acknowledged against stored
	$(BIN)/python -m bench.mllp.soak $(or $(MINUTES),10)

.PHONY: kill
kill: install ## kill -9 listener, worker and PostgreSQL under senders KILLS times (100)
	$(BIN)/python -m bench.mllp.kill $(or $(KILLS),100)

.PHONY: mutate
mutate: install ## send MESSAGES (100000) spoiled HL7 v2 messages to a listener
	$(BIN)/python -m bench.mllp.mutate $(or $(MESSAGES),100000)

.PHONY: docs
docs: install ## write the reference pages that come from the code's tables
	$(BIN)/python -m docs.generate

.PHONY: definitions
definitions: install ## compile the FHIR R4 definitions (R4=folder) into profiles/base
	$(BIN)/python -m profiles.compiler $(R4)
R4 ?= ../shared/fhir/r4

.PHONY: lock
lock: ## resolve the dependencies anew with uv (UPGRADE=--upgrade for newer versions)
	@python=$$(mktemp -d) && trap 'rm -rf "$$python"' EXIT && \
		"$(PYTHON)" -m venv "$$python" && "$$python/bin/pip" install --quiet uv && \
		compile="$$python/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
			--no-emit-index-url --no-header $(UPGRADE)" && \
		$$compile pyproject.toml -o requirements/runtime.txt && \
		$$compile pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt && \
		"$(PYTHON)" -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
			| $$compile - -o requirements/build.txt

.PHONY: clean
clean: ## remove .venv and every cache; the data under var stay
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .coverage htmlcov
	find $(PACKAGES) tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
