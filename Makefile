# Each target works as the first command on a machine that has Python 3.11+, make and a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv is used when it is there because it is fast; pip does the same.
UV := $(shell command -v uv 2>/dev/null)

.PHONY: audit run test lint types check bench lock clean
.DEFAULT_GOAL := run

$(VENV)/.run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Opas into $(VENV) …"
ifdef UV
	@uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
endif
	@$(BIN)/python -m compileall -q bot  # a start must not compile
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "Installing the tools for tests into $(VENV) …"
ifdef UV
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
endif
	@touch $@

run: $(VENV)/.run  ## chat with Opas in the browser (or on Telegram, with a token)
	@$(BIN)/opas run

test: $(VENV)/.dev  ## all tests, one worker a core; those in a browser where Chromium is found
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy

check: $(VENV)/.run  ## the content: every fault with its line
	@$(BIN)/opas check

bench: bench-matching bench-throughput bench-crash bench-strange bench-start  ## the five measurements; never part of the tests

bench-%: $(VENV)/.dev  ## one of them; ARGS="--help" says what it takes
	@$(BIN)/opas warm
	@PYTHONPATH=. $(BIN)/python -m tests.bench.$* $(ARGS)

audit:  ## known vulnerabilities in what is pinned
	@$(PYTHON) .ci/audit

lock: $(VENV)/.dev  ## pin the newest allowed versions, with hashes
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra build --generate-hashes --universal --python-version 3.11 \
		--no-header --no-annotate --upgrade -o requirements.lock
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra build --extra dev --generate-hashes --universal \
		--python-version 3.11 --no-header --no-annotate -c requirements.lock --upgrade -o requirements-dev.lock

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
