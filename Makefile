# Two commands do everything: `make briefing` and `make test`. The virtual environment is made once, from the locks:
# what runs from requirements.lock; what only tests, lints or serves a Dask cluster from requirements-dev.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.PHONY: help briefing briefings test snapshots lint bench mutants coverage lock schema clean setup

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(READY_DEV): $(READY) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(READY_DEV)  ## make the virtual environment from the hashed locks, with all that the tests need

briefing: $(READY)  ## render both editions, report.html and report.pdf in briefings/<edition>, and the page over them
	@$(BIN)/briefing render --all-editions

briefings: $(READY)  ## render every scenario
	@$(BIN)/briefing render --all

test: $(READY_DEV)  ## lint, check types and run the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist worksteal

snapshots: $(READY_DEV)  ## write down what is said of the evidence and the scenarios today
	@$(BIN)/python tests/take_snapshots.py

lint: $(READY_DEV)  ## format and lint in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

mutants: $(READY_DEV)  ## change single lines that matter (tests/mutations.toml) and tell which no test notices
	@$(BIN)/python -m tests.mutants

coverage: $(READY_DEV)  ## run the tests and tell which lines of src they reach
	$(BIN)/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered

bench: $(READY_DEV)  ## time the project against the stock tools
	@QUICK=$(QUICK) $(BIN)/python -m benchmarks

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" --group build \
	$(if $(filter all,$(UPGRADE)),--upgrade,$(UPGRADE:%=--upgrade-package %))

lock:  ## write both locks; versions move only as pyproject.toml asks, or with UPGRADE="NAME ..." or UPGRADE=all
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 2; }
	$(LOCK) --output-file requirements.lock pyproject.toml >/dev/null
	$(LOCK) --extra dev --constraints requirements.lock --output-file requirements-dev.lock pyproject.toml >/dev/null

schema: $(READY)  ## write what follows from the parameters: schema.json, _template.yaml, the notebooks' parameters cells
	@$(BIN)/briefing parameters --schema > $(VENV)/schema.json
	@$(BIN)/briefing parameters --template > $(VENV)/template.yaml
	@mv $(VENV)/schema.json scenarios/schema.json
	@mv $(VENV)/template.yaml scenarios/_template.yaml
	@$(BIN)/briefing parameters --notebooks

clean:  ## remove what can be made again (not the virtual environment)
	rm -rf figures/*/ figures/.cache briefings .quarto .pytest_cache .mypy_cache .ruff_cache .hypothesis
