# Saima's commands. A fresh machine needs Python 3.11 or newer and make; uv is used when it is there.
# `make help` lists them. Exact versions: [tool.uv] constraint-dependencies in pyproject.toml.

VENV ?= .venv
# On two cores; many tests wait for a process they started.
JOBS ?= 3
BIN := $(VENV)/bin
PY := $(BIN)/python
BASE := $(VENV)/.saima-base
DEV := $(VENV)/.saima-dev
BENCH := $(VENV)/.saima-bench
PINS := pyproject.toml constraints.txt
# Images often ask Python to keep no compiled modules: each process of the tests would compile all of them again.
unexport PYTHONDONTWRITEBYTECODE

# The first Python on this machine that is new enough; PYTHON=... overrides.
FIND_PYTHON = for p in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	  if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$p"; exit 0; fi; \
	done; exit 1

# $(call install,EXTRAS): this project, editable, into the virtual environment.
define install
@set -e; \
if command -v uv >/dev/null 2>&1; then \
  test -x "$(PY)" || uv venv --quiet --python '>=3.11' "$(VENV)"; \
  echo "Installing Saima into $(VENV) with uv"; \
  uv pip install --quiet --python "$(PY)" --constraints constraints.txt --editable '.$(1)'; \
else \
  if ! "$(PY)" -m pip --version >/dev/null 2>&1; then \
    python=$$($(FIND_PYTHON)) || { echo "Saima needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python3." >&2; exit 1; }; \
    "$$python" -m venv --clear "$(VENV)" || { rm -rf "$(VENV)"; echo "Python could not make a virtual environment: on Debian and Ubuntu, apt-get install python3-venv." >&2; exit 1; }; \
  fi; \
  echo "Installing Saima into $(VENV) with pip; the first time takes a minute or two"; \
  "$(PY)" -m pip install --quiet --disable-pip-version-check --upgrade pip; \
  "$(PY)" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.$(1)'; \
fi
endef

.PHONY: help demo test test-long test-postgres lint types contracts bundle ci bench pictures readme constraints pins clean
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

demo: $(BASE) ## Show the server with three example seasons on this machine
	@$(BIN)/saima demo $(if $(PORT),--port $(PORT))

test: $(DEV) ## Run the tests, the server's on SQLite; without the dozen that take long
	$(PY) -m pytest -q -n $(JOBS) --dist loadgroup -m "not long"

test-long: $(DEV) ## Run the dozen that take long: whole days in a browser, servers killed, backups under load
	$(PY) -m pytest -q -n $(JOBS) --dist loadgroup -m long

test-postgres: $(DEV) ## Run the server's tests on a PostgreSQL of their own, in a temporary folder
	SAIMA_TEST_POSTGRES=1 $(PY) -m pytest -q -n $(JOBS) --dist loadgroup tests/server $(if $(ONLY),-k "$(ONLY)")

lint: $(DEV) ## Style, format, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --no-print-directory types contracts

types: $(DEV) ## Strict type checks of src
	$(BIN)/mypy

contracts: $(DEV) ## Who may import whom (.importlinter)
	$(BIN)/lint-imports

bundle: $(DEV) ## Make a folder of wheels for machines without internet, Linux and Windows
	$(PY) tools/bundle.py

ci: ## What the build machine runs
	.ci/run

bench: $(BENCH) ## Print how fast it is on this machine, other libraries beside it
	$(PY) -m benchmarks

pictures: $(DEV) ## Take the README's pictures again, with chromium
	$(PY) tools/pictures.py

readme: $(DEV) ## Run the READMEs' sessions and write what they print
	$(PY) tools/readme.py

constraints: $(DEV) ## Write constraints.txt again from pyproject.toml
	$(PY) tools/constraints.py

pins: ## Resolve the newest versions in a clean environment and write them as the exact ones
	@set -e; python=$$($(FIND_PYTHON)); work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	"$$python" -m venv "$$work/venv"; \
	"$$work/venv/bin/python" -m pip install --quiet --upgrade pip; \
	"$$work/venv/bin/python" -m pip install --quiet --editable '.[dev,bench]'; \
	"$$work/venv/bin/python" -m pip freeze --exclude-editable > "$$work/freeze.txt"; \
	"$$work/venv/bin/python" tools/constraints.py --freeze "$$work/freeze.txt"

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BASE): $(PINS)
	$(call install)
	@touch $@

$(DEV): $(PINS)
	$(call install,[dev])
	@touch $@ $(BASE)

$(BENCH): $(PINS)
	$(call install,[dev$(comma)bench])
	@touch $@ $(DEV) $(BASE)

comma := ,
