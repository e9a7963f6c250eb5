# What people type here: `make serve` and `make test`. Both set up .venv by themselves, once for each pyproject.toml.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
CODE := server tests
# The first Python here that is new enough; another one: make serve PYTHON=/path/to/python
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
# Options for serve, build and pytest: make serve ARGS="--port 9000"
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: bench help serve build test check fix docs clean

help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

serve: $(INSTALLED)  ## Build a release if the knowledge files changed, and serve it
	$(BIN)/tulieu serve $(ARGS)

build: $(INSTALLED)  ## Build a release from ontology/, data/ and shapes/
	$(BIN)/tulieu build --timings $(ARGS)

test: check  ## All checks and all tests
	$(BIN)/python -m pytest $(ARGS)

check: $(INSTALLED)  ## Style, formatting and types; changes nothing
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy

fix: $(INSTALLED)  ## Mend style and formatting where that is safe
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

docs: $(INSTALLED)  ## Write docs/commands.md from the commands' own help
	$(BIN)/python tests/commands_page.py > docs/commands.md

bench: $(INSTALLED)  ## Measure beside other servers, into docs/benchmarks.md (some twenty minutes; ARGS=--help tells more)
	PYTHONPATH=server $(BIN)/python -m benchmarks.load --work /tmp/tulieu-bench --page docs/benchmarks.md $(ARGS)

clean:  ## Remove the environment and what tools left; releases in .tulieu stay
	rm -rf $(VENV) .clients dist .pytest_cache .mypy_cache .ruff_cache

$(INSTALLED): pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@
