# One command each: `make` alone lists them. The work is done by the scripts in tools/.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The environment's own programs come first: its Python, its Node, its npm.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONUNBUFFERED := 1

# Some networks look into every connection: what the machine trusts counts, where it keeps a list.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)
export NODE_USE_SYSTEM_CA ?= 1

# Further words for pytest: make test ARGS="tests/letters -k reply"
ARGS ?=
# One more than the cores of a small machine: some tests wait more than they work, and each worker
# has databases, a server and a browser of its own to start.
WORKERS ?= 3
# Tests start Python some fifty times: none of them compiles again what another has compiled.
KEEPING := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.pytest_cache/bytecode

# Checks come one after the other, and pytest's summary is the last line of `make sure`.
.NOTPARALLEL:
.PHONY: help environment dev system browser-files catalogues run test test-all sure bench shots \
	format lint types contracts templates migrations translations messages weights lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: environment browser-files catalogues ## Start the server: everything it needs, then http://127.0.0.1:8000
	@exec .venv/bin/python app.py

test: dev system browser-files catalogues ## Run the everyday tests (ARGS="tests/letters -k reply" for some of them)
	@$(KEEPING) .venv/bin/python -m pytest -n $(WORKERS) $(ARGS)

test-all: dev system browser-files catalogues ## Run every test, the long ones too
	@$(KEEPING) .venv/bin/python -m pytest -n $(WORKERS) -m "" $(ARGS)

sure: lint types contracts templates migrations translations test ## Run all checks, then the everyday tests

bench: dev system browser-files catalogues ## Measure pages beside bare Flask (bench/ holds the other benchmarks)
	@.venv/bin/python -m bench.pages $(ARGS)

shots: dev system browser-files catalogues ## Photograph every page into shots/
	@.venv/bin/python -m tests.browser.shots $(ARGS)

format: dev ## Put the Python code into its one format
	@ruff format .
	@ruff check --fix --select I .

lint: dev ## Check format, common mistakes and spelling
	@ruff format --check .
	@ruff check .
	@codespell

types: dev ## Check the types
	@mypy

contracts: dev ## Check that floors and rooms import only downwards
	@lint-imports --no-logo

templates: dev ## Check the templates' HTML
	@djlint --quiet --lint templates

migrations: dev browser-files ## Check that the migrations make exactly the models' tables
	@.venv/bin/python tools/check_migrations.py

translations: dev ## Check that every text is translated and none is left over
	@.venv/bin/python -m tools.translations

messages: dev ## Bring new texts into the catalogues, to be translated by hand
	@.venv/bin/python -m tools.translations --update

weights: dev ## Learn the weights of the guard anew from its labelled set
	@.venv/bin/python -m tools.weigh

lock: environment ## Write the lock files anew from requirements.in and requirements-dev.in
	@tools/lock

clean: ## Remove what was made, except the data in instance/
	@rm -rf .venv node_modules static/dist shots .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find penpal -name '*.mo' -delete

environment:
	@tools/environment run

dev:
	@tools/environment dev

system:
	@tools/system-packages

browser-files: environment
	@tools/browser-files

catalogues: environment
	@tools/catalogues
