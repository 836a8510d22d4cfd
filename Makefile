# `make` says what there is. PYTHON=... names another interpreter, PORT=... another port, ARGS=... goes to pytest.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run doctor test proofs local-models bench lint audit sbom licences clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

run: ## start the app in the browser (PORT=8501)
	@$(PYTHON) -m scripts.prepare core
	@exec $(VENV_PYTHON) -m scripts.app

doctor: ## what is wrong with this installation, and what to do (ARGS="--json")
	@$(PYTHON) -m scripts.doctor $(ARGS)

local-models: ## install what runs models on this computer: torch, transformers, llama.cpp (5 GB)
	@$(PYTHON) -m scripts.prepare local

test: ## format, lint, types and all tests (ARGS="tests/test_store.py -x")
	@$(PYTHON) -m scripts.prepare dev
	@$(VENV_PYTHON) -m scripts.check $(ARGS)

proofs: ## the tests that are left out of `make test` because they take long
	@$(PYTHON) -m scripts.prepare dev
	@$(VENV_PYTHON) -m pytest -m slow $(ARGS)

lint: ## put the code into shape, then lint and types
	@$(PYTHON) -m scripts.prepare dev
	@$(VENV_PYTHON) -m ruff format .
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m mypy

bench: ## measure what we claim (writes nothing outside a temporary folder)
	@$(PYTHON) -m scripts.prepare core
	@$(VENV_PYTHON) -m bench.start

audit: ## known weaknesses of the installed packages; says so where nobody could be asked
	@$(PYTHON) -m scripts.prepare dev
	@$(VENV_PYTHON) -m scripts.audit

sbom: ## a bill of materials of this installation (CycloneDX): sbom.json
	@$(PYTHON) -m scripts.prepare dev
	@$(VENV_PYTHON) -m cyclonedx_py environment --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json .venv
	@echo "✓ sbom.json"

licences: ## list the licences of all packages anew: docs/licences.md
	@$(PYTHON) -m scripts.prepare dev
	@$(VENV_PYTHON) -m scripts.licences docs/licences.md

clean: ## remove .venv and all caches; what you imported is elsewhere and stays
	rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
