# Everything a person needs: `make serve` runs the service, `make test` runs the tests; each first sets up what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
# Into this environment and no other: uv would take one that happens to be active.
# Compiled at once: where Python may write no bytecode, each process would compile a hundred thousand lines again.
INSTALL := $(UV) pip install --python $(BIN)/python --quiet --no-deps --compile-bytecode
DATA ?= data
HOST ?= 127.0.0.1
PORT ?= 8000
FAST := not model and not ray and not browser and not fault and not gpu and not shared and not postgres

.PHONY: help setup system system-runtime weights serve test test-fast check format bench lock clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(UV):
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --require-hashes -r requirements/tools.lock

.venv/bin/python: | $(UV)
	$(UV) venv --quiet --python $(PYTHON) .venv

# One environment, two depths: what the service needs, and on top of it what the tests need.
.venv/.runtime: requirements/runtime.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements/runtime.lock
	$(INSTALL) --no-build-isolation -e .
	touch $@

.venv/.dev: requirements/dev.lock .venv/.runtime
	$(INSTALL) --require-hashes -r requirements/dev.lock
	touch $@

setup: .venv/.runtime system-runtime weights ## environment, system packages, default weights

system: ## system packages for service and tests (where this user may install them)
	./deploy/system-packages all

system-runtime: ## those that the service needs
	./deploy/system-packages runtime

weights: .venv/.runtime system-runtime ## the default weights
	$(BIN)/anjuan models pull

serve: setup ## run the service: gateway, Ray Serve, worker, console
	$(BIN)/anjuan serve --host $(HOST) --port $(PORT) --data $(DATA)

test: .venv/.dev system setup ## all tests, real models, Ray, PostgreSQL and Chromium too
	$(BIN)/python -m pytest

test-fast: .venv/.dev ## tests without models, Ray, browser or servers
	$(BIN)/python -m pytest -m "$(FAST)"

check: .venv/.dev ## lint, format, types, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.dev ## rewrite to the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev system setup ## the benchmarks that need no measuring data; see benchmarks/LOG.md
	$(BIN)/python -m benchmarks.faults.kill9 --rounds 3
	$(BIN)/python -m benchmarks.load.gateway_cost
	$(BIN)/python -m benchmarks.load.soak

LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --override requirements/overrides.txt \
	--no-header --no-annotate --no-emit-index-url --generate-hashes --quiet

lock: | $(UV) ## resolve the lock files anew
	$(LOCK) -o requirements/runtime.lock >/dev/null
	$(LOCK) --extra dev -c requirements/runtime.lock -o requirements/dev.lock >/dev/null
	echo "uv==$(UV_VERSION)" | $(UV) pip compile - --no-header --no-annotate --no-emit-index-url --generate-hashes --quiet \
		-o requirements/tools.lock >/dev/null

clean: ## remove what setup made (data and cached weights stay)
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
