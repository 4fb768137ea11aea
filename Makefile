# anjuan (案卷): everything that is done by hand here. `make` lists it.
#
# Each goal sees to what it needs: Debian packages (root only), .venv from the lock, the papers' fonts. What is
# there already costs nothing. PYTHON=… picks another interpreter (3.11 or newer), ANJUAN_FONTS=… another font folder.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.NOTPARALLEL:

PYTHON ?= python3
export PYTHON

VENV := .venv/bin
PACKAGES := domain projections storage api ops
LAW := domain/*,projections/*
LAW_COVERAGE := 98
WORKERS := 2
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --quiet

step = @printf '\n── %s ──\n' '$(1)'

.PHONY: help setup setup-test venv minio run demo verifier test lint format test-slow bench mutate lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

setup:
	@ops/setup/packages run
	@ops/setup/venv run
	@ops/setup/fonts

setup-test:
	@ops/setup/packages test
	@ops/setup/venv test
	@ops/setup/fonts
	@ops/setup/minio || true # it says why not, and so does the first line of the tests

venv: ## .venv with the locked dependencies, no more
	@ops/setup/packages run
	@ops/setup/venv run

minio: ## a real MinIO server for the tests, built from its source where Go is installed: var/bin/minio
	@ops/setup/minio

run: setup ## play the sample cases into var/ once and serve them on 127.0.0.1:8000
	@$(VENV)/python -m ops.demo run

demo: setup ## the same in a fresh var/demo without serving: 案卷.zip, trust.json and the verdict
	@$(VENV)/python -m ops.demo demo

verifier: setup-test ## the verifier alone, to install without the project: dist/anjuan_verify-….whl
	@$(VENV)/python -m ops.verifier.build dist

test: setup-test lint ## set-up, lint, types, import contracts, dependencies, all tests, coverage
	$(call step,tests)
	@$(VENV)/pytest -n $(WORKERS) -m "not slow" --cov --cov-report=term
	$(call step,branch coverage of the law: at least $(LAW_COVERAGE) % of domain and projections)
	@$(VENV)/coverage report --include="$(LAW)" --skip-covered --fail-under=$(LAW_COVERAGE)

lint: setup-test ## ruff, mypy, import contracts, deptry
	$(call step,ruff check)
	@$(VENV)/ruff check
	$(call step,ruff format)
	@$(VENV)/ruff format --check
	$(call step,mypy)
	@$(VENV)/mypy
	$(call step,import contracts)
	@$(VENV)/lint-imports
	$(call step,dependencies)
	@$(VENV)/deptry .

format: setup-test ## let ruff put the code in order
	@$(VENV)/ruff check --fix
	@$(VENV)/ruff format

test-slow: setup-test ## the long drills
	@$(VENV)/pytest -m slow

bench: setup-test ## the benchmarks, as ratios
	@$(VENV)/python -m ops.bench
	@$(VENV)/python -m ops.bench.rules
	@$(VENV)/python -m ops.bench.compliance
	@$(VENV)/python -m ops.bench.verify
	@$(VENV)/python -m ops.bench.vault

mutate: setup-test ## mutation testing of the law's code: half an hour or more, prints what no test noticed
	@$(VENV)/python -u -m ops.drills.mutate $(MUTATE)

lock: ## lock the dependencies anew (needs uv)
	@command -v uv >/dev/null || { echo '需要 uv 才能重新锁定依赖(见 CONTRIBUTING.md)。' >&2; exit 1; }
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --group test --constraint requirements.lock --output-file requirements-test.lock

clean: ## remove what tools left; keeps var/ (archives, keys, fonts) and .venv
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* dist build
	@find $(PACKAGES) tests -type d -name __pycache__ -prune -exec rm -rf {} +
