# Everything a contributor does, by name. `make run` and `make test` need Python 3.11 or newer and nothing else:
# they make .venv from the lock files, and again when those change. PYTHON=… chooses the interpreter.

VENV := .venv
BIN := $(VENV)/bin
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(firstword $(foreach name,$(PYTHONS),$(if $(shell $(name) -c $(NEW_ENOUGH) 2>/dev/null && echo yes),$(name))))
NEW_ENOUGH := 'import sys; sys.exit(sys.version_info < (3, 11))'
DOCS := $(wildcard README.md docs/*.md docs/*/*.md)
LOCKS := requirements.lock tests/requirements.lock
COVERED := 90  # percent of the branches, tests included; only ever raised
TESTERS := 3  # on two cores, since many tests wait for a process or a socket

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test cover check image-check fmt docs screenshots bench bench-compare soak lock dist sbom audit

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/runtime.stamp ## Start a bridge in front of a stand-in upstream; PORT=… moves it
	$(BIN)/contact-bridge serve --sandbox $(if $(PORT),--port $(PORT))

test: $(VENV)/development.stamp ## Run the tests; ARGS=… chooses some
	$(BIN)/pytest --numprocesses $(TESTERS) $(ARGS)

cover: $(VENV)/development.stamp ## Run the tests under coverage, which takes a third longer; ARGS=… chooses some
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses $(TESTERS) $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report $(if $(ARGS),,--fail-under=$(COVERED))

check: $(VENV)/development.stamp ## Check style, types, generated texts, and what is in deploy/; changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	bash -n .ci/run tests/deploy/check.sh tests/deploy/image.sh tests/serve/confined.sh
	$(BIN)/cog --check --check-fail-msg "run make docs" -I . $(DOCS)
	@! grep -nE '://|--(extra-)?index-url|--find-links' $(LOCKS) || { echo "a lock file names an index"; exit 1; }
	@bash tests/deploy/check.sh

image-check: ## Build the image and run it as deploy/ does; says so where there is no docker or podman
	@bash tests/deploy/image.sh

fmt: $(VENV)/development.stamp ## Format, and repair what can be repaired
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/development.stamp ## Write the tables that are made from the code
	$(BIN)/cog -r -I . $(DOCS)

screenshots: $(VENV)/development.stamp ## Take pictures of the console's pages for the README; needs Debian's chromium
	$(BIN)/python -m tests.console.screenshots

bench: $(VENV)/development.stamp ## Measure, in half an hour; ARGS=--quick in two minutes, ARGS="--only drain,limit" a part
	$(BIN)/python -m tests.bench $(ARGS)

bench-compare: $(VENV)/development.stamp ## Measure, and fail if anything got slower by more than 15 %; ARGS as for bench
	$(BIN)/python -m tests.bench.compare $(ARGS)

soak: $(VENV)/development.stamp ## Break it in every way for five minutes and count what was lost; ARGS=--short in under one
	$(BIN)/python -m tests.soak $(ARGS)

lock: $(VENV)/uv/bin/uv ## Write both lock files; ARGS=--upgrade takes newer releases
	$(LOCK) --extra otel --group pyproject.toml:dev $(ARGS) -o tests/requirements.lock
	printf 'flit_core\n' | $(LOCK) - -c tests/requirements.lock $(ARGS) -o requirements.lock

dist: $(VENV)/development.stamp ## Build a wheel and an sdist into dist/, the same bytes for the same commit
	@mkdir -p dist && rm -f dist/contact_bridge-*
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -c \
		'from flit_core import buildapi as flit; print(*(build("dist") for build in (flit.build_wheel, flit.build_sdist)))'

sbom: $(VENV)/development.stamp ## Write the bill of materials, dist/sbom.cdx.json: everything that the lock installs
	@mkdir -p dist
	@sed "s/^dynamic = .*/$$(grep '^__version__' app/__init__.py | tr -d _)/" pyproject.toml >$(VENV)/pyproject.toml
	$(BIN)/cyclonedx-py requirements --pyproject $(VENV)/pyproject.toml --output-reproducible -o dist/sbom.cdx.json requirements.lock

audit: $(VENV)/development.stamp ## Ask for known weaknesses of what is locked; says so where nobody can be asked
	@$(BIN)/pip-audit --requirement requirements.lock --disable-pip --vulnerability-service osv --progress-spinner off \
		>$(VENV)/audit 2>&1 && cat $(VENV)/audit || { grep -qE 'ConnectionError|Timeout|ProxyError' $(VENV)/audit \
		&& echo "not audited: the advisories of osv.dev cannot be reached from here"; } || { cat $(VENV)/audit; exit 1; }

LOCK = $(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url pyproject.toml

# The interpreter is newer than the stamps after the system's Python was replaced: installed once more, then.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "There is no Python 3.11 or newer here (tried $(PYTHONS)). Install one, or say PYTHON=…"; exit 1; }
	@$(PYTHON) -c $(NEW_ENOUGH) || { echo "$(PYTHON) is no Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/runtime.stamp: $(BIN)/python requirements.lock pyproject.toml
	@echo "Installing into $(VENV); this takes a minute, once …"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/development.stamp: $(VENV)/runtime.stamp tests/requirements.lock
	@echo "Installing what development needs …"
	@$(BIN)/python -m pip install --quiet --require-hashes -r tests/requirements.lock
	@touch $@

$(VENV)/uv/bin/uv: | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/uv
	$(VENV)/uv/bin/python -m pip install --quiet uv
