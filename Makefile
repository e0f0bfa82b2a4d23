# make run · make test: everything else is for those who work on it. See README.md.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: help setup setup-dev run demo test check bench eval soak lock clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=python3.12 make ... picks one)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/.installed  ## set up .venv with the command linli
setup-dev: $(VENV)/.installed-dev  ## and what tests and checks need

run: setup  ## start the assistant with config.yaml: http://127.0.0.1:8000
	$(BIN)/linli run

demo: setup  ## the same on a seeded throw-away database
	$(BIN)/linli demo

test: setup-dev  ## all tests, in WORKERS=2 processes
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: setup-dev  ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev  ## speed and memory, as ratios in one run
	$(BIN)/python -m benchmarks.bench

eval: setup-dev  ## quality on the text that DATA_DIR names
	$(BIN)/python -m benchmarks.eval

soak: setup-dev  ## the long counts
	SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "" tests/crash tests/understanding tests/complaints/test_lifecycle_machine.py tests/sessions/test_sign_up_machine.py

lock:  ## write the requirement files anew
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra build -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra build --extra test -c requirements.txt -o requirements-dev.txt

clean:  ## remove what setup made
	rm -rf $(VENV) .cache *.egg-info
