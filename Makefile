# make demo | test | check | bench       each works on a fresh machine with only Python >= 3.10 and make
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
MODEL  ?= medq_baseline
TASKS  ?= medq_mini_perception
OUT    ?= demo_run

.PHONY: demo test check browser bench clean
.DEFAULT_GOAL := demo

# One installation for all targets, made again when the dependencies change.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "medq-tasks needs Python >= 3.10; name one with: make PYTHON=python3.11 ..." >&2; exit 1; }
	@echo "Installing lmms-eval and medq-tasks into $(VENV) (once; some minutes, PyTorch is large)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(VENV)/.installed
	PATH="$(abspath $(BIN)):$$PATH" MODEL="$(MODEL)" TASKS="$(TASKS)" OUT="$(OUT)" examples/demo.sh

test: $(VENV)/.installed
	$(BIN)/python -m pytest

browser: $(VENV)/.installed
	$(BIN)/python -m pytest -m browser

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks $(BENCH)

clean:
	rm -rf $(VENV) $(OUT) bench_out
