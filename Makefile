# Every target sets up what it needs; `make run` and `make test` are all a person has to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
DEV_STAMP := $(VENV)/.ready-dev

.PHONY: run test check bench namespaces fuzz clean
.DEFAULT_GOAL := run

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "meshnode needs Python 3.11 or newer. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Python's venv is missing. On Debian, Ubuntu and Raspberry Pi OS: sudo apt install python3-venv"; exit 1; }

$(STAMP): pyproject.toml | $(VENV)/bin/python
	@echo "Setting up meshnode in $(VENV) (once; needs the network)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(DEV_STAMP): $(STAMP) pyproject.toml
	@echo "Setting up the test tools in $(VENV) (once; needs the network)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: $(STAMP)
	@$(BIN)/meshnode

# Spread over the cores; WORKERS=0 runs everything in one process, for a debugger.
WORKERS ?= auto
test: $(DEV_STAMP)
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

check: $(DEV_STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest tests/architecture

bench: $(DEV_STAMP)
	@$(BIN)/python -m bench

namespaces: $(DEV_STAMP)
	@$(BIN)/pytest -m namespaces tests -rs

# The long runs of everything that is random; 1 is what `make test` does. 40 takes about a quarter of an hour: with it
# tests/fuzz feeds a million mutated inputs, and 10,000 sets of statements are split and merged.
FUZZ ?= 40
fuzz: $(DEV_STAMP)
	@MESHNODE_FUZZ=$(FUZZ) $(BIN)/pytest tests/crdt/test_mutations.py tests/crdt/test_graphs.py tests/crdt/test_record.py \
	  tests/sync/test_fuzz.py tests/sync/test_weather.py tests/membership tests/fuzz -rP

clean:
	rm -rf $(VENV) build dist *.egg-info
