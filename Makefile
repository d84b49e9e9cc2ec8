# Everything here sets itself up in .venv, from requirements pinned by hash, and needs only Python 3.11+ and make.
#   make demo   the whole bot with a local Slack workspace, no accounts needed (Ctrl-C stops it)
#   make test   everything that must hold before a change lands
.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs pictures bench requirements clean
.DELETE_ON_ERROR:

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
PIN := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--build-deps-for editable --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

help:
	@echo "make demo           start the bot with a local Slack workspace (Ctrl-C stops it)"
	@echo "make test           ruff, mypy, import-linter, pytest"
	@echo "make lint           the same without pytest"
	@echo "make format         let ruff format and mend what it can"
	@echo "make docs           write README's tables anew from the code"
	@echo "make pictures       photograph the screens anew for README and docs"
	@echo "make bench          measure against the floors and write docs/performance.md (PARTS=\"start due\": only those)"
	@echo "make requirements   pin the newest versions that pyproject.toml allows"
	@echo "make clean          remove .venv and all caches"

# A stamp names what was installed; it is newer than its inputs when there is nothing to do.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; say where: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/runtime.stamp: requirements/runtime.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable . >.venv/install.log 2>&1 || { cat .venv/install.log; exit 1; }
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/runtime.stamp
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# The machine's Chromium, or Playwright's own, or as root Debian's package; else says the one command to type.
.venv/chromium.stamp: .venv/dev.stamp
	@$(BIN)/python -m tests.browser.chromium
	@touch $@

demo: .venv/runtime.stamp
	@$(BIN)/lexer-bot demo

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# More at once than there are cores: the stories wait more than they compute. A file stays with one worker. Browsers compute
# a lot: they come by themselves, so that nobody's three seconds for an answer to Slack run out beside them.
test: lint .venv/chromium.stamp
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder --ignore tests/browser
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser

format: .venv/dev.stamp
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: .venv/dev.stamp
	$(BIN)/python -m tests.architecture.readme_parts

pictures: .venv/chromium.stamp
	$(BIN)/python -m tests.browser.pictures

# The peer in JavaScript, where there is a node to run it; without, its row says "not measured".
bench/js/node_modules: bench/js/package.json
	@command -v npm >/dev/null && npm install --prefix bench/js --no-package-lock --no-audit --no-fund --silent || \
		echo "bolt-js is not installed here: its rows will say so"
	@mkdir -p $@ && touch $@

bench: .venv/chromium.stamp bench/js/node_modules
	$(BIN)/python -m bench $(PARTS)

requirements: .venv/dev.stamp
	$(PIN) --upgrade --output-file requirements/runtime.txt pyproject.toml
	$(PIN) --upgrade --output-file requirements/dev.txt --extra dev --constraint requirements/runtime.txt pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
