# Two commands do everything: `make briefing` and `make test`. The virtual environment is made once, from the lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help briefing briefings test snapshots lint bench clean setup quarto-inputs

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY)  ## make the virtual environment from the hashed lock

briefing: $(READY)  ## render the default scenario to briefings/baseline/report.html and report.pdf
	@$(BIN)/briefing render baseline

briefings: $(READY)  ## render every scenario
	@$(BIN)/briefing render --all

test: $(READY)  ## lint, check types and run the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadfile

snapshots: $(READY)  ## write down what is said of the evidence and the scenarios today
	@$(BIN)/python tests/take_snapshots.py

lint: $(READY)  ## format and lint in place
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## time the project against the stock tools
	@QUICK=$(QUICK) $(BIN)/python -m benchmarks

clean:  ## remove what can be made again (not the virtual environment)
	rm -rf figures/*/ figures/.cache briefings .quarto .pytest_cache .mypy_cache .ruff_cache .hypothesis

quarto-inputs: $(READY)
	@$(BIN)/briefing quarto-inputs
