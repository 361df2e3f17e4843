# Qinglan 青蓝. `make help` lists what there is.

VENV   := .venv
PYTHON := $(VENV)/bin/python
FLASK  := $(VENV)/bin/flask --app app
PORT   ?= 8000
CATALOGUE := translations/zh_Hans_CN/LC_MESSAGES/messages.mo

# The first interpreter on this machine that is new enough; pyenv and uv also read .python-version.
FIND_PYTHON = for p in python3.12 python3.13 python3.14 python3 python; do \
	if $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; then echo $$p; break; fi; done

.DEFAULT_GOAL := help
.PHONY: help setup parts run serve worker demo test lint types format i18n bench clean dev

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: parts ## environment in .venv, front-end assets, database
	@$(FLASK) prepare

parts: $(VENV)/.runtime app/static/vendor/manifest.json $(CATALOGUE)

run: parts ## set everything up, run the main job on the demo county, serve on 127.0.0.1:8000
	@$(FLASK) demo up --serve $(PORT)

serve: setup ## serve what is there, with a worker beside it
	@$(PYTHON) -m app.serve --port $(PORT)

worker: setup ## only a worker, for a machine of its own
	@$(FLASK) worker

demo: setup ## make and import the demo county, propose its rotation
	@$(FLASK) demo up

# Dozens of programmes start during the tests; without bytecode each would compile the application anew.
test: export PYTHONDONTWRITEBYTECODE =
test: dev ## all tests, on SQLite and on PostgreSQL, browser journeys included
	@$(PYTHON) -m tests.fixtures.browser
	@$(PYTHON) -m pytest -n 2 --dist load

lint: dev ## ruff, import directions, Chinese catalogues
	@$(PYTHON) -m ruff check app optimizer tests benchmarks
	@$(PYTHON) -m ruff format --check app optimizer tests benchmarks
	@$(VENV)/bin/lint-imports
	@$(PYTHON) -m app.web.catalogues check

types: dev ## mypy
	@$(PYTHON) -m mypy

format: dev ## ruff format and the mendable findings
	@$(PYTHON) -m ruff check --fix app optimizer tests benchmarks
	@$(PYTHON) -m ruff format app optimizer tests benchmarks

i18n: dev ## name the strings without Chinese, and put the catalogues together
	@$(PYTHON) -W ignore -m app.web.catalogues compile
	@$(PYTHON) -m app.web.catalogues check

bench: dev $(VENV)/.peers ## all benchmarks; writes benchmarks/RESULTS.md
	@$(PYTHON) -m benchmarks

clean: ## remove the environment and everything generated, but not instance/
	rm -rf $(VENV) node_modules app/static/vendor translations/zh_Hans_CN

dev: $(VENV)/.development app/static/vendor/manifest.json $(CATALOGUE)

$(CATALOGUE): $(wildcard translations/*/*.po) | $(VENV)/.runtime
	@$(PYTHON) -W ignore -m app.web.catalogues compile

$(VENV)/bin/python:
	@p=$$($(FIND_PYTHON)); if [ -z "$$p" ]; then \
		echo "Qinglan needs Python 3.12 or newer with its venv module: install it (Debian: apt install python3 python3-venv; or pyenv install 3.12), then run make again." >&2; exit 1; fi; \
	echo "Making the environment with $$p …"; $$p -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements.txt constraints.txt
	@echo "Installing what Qinglan runs on …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

$(VENV)/.peers: benchmarks/optimizer/requirements.txt | $(VENV)/.development
	@echo "Installing the solvers the optimiser is measured against …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/peers --upgrade -r $<
	@touch $@

app/static/vendor/manifest.json: package-lock.json app/web/assets.py | $(VENV)/.runtime
	@$(PYTHON) -c 'from app.web.assets import main; raise SystemExit(main())'
	@touch $@
