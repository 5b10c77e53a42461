# Everything is done in two commands: `make run` and `make test`. See README.md for settings.
PYTHON ?= python3
BIN := build/venv/bin

# What a person may set: make run PORT=8001 WORKSHOP=../mine
export PORT PASSWORD ADMIN_PASSWORD WORKSHOP BIND PUBLIC_URL SUBDOMAINS STATE TERMINAL_VIEW
export WORKSHOP_VARS IDLE_MINUTES MAX_HOURS MAX_SESSIONS

.PHONY: run preview test check bench clean
.DEFAULT_GOAL := run

run:      ## set up and start, until Ctrl-C
	@$(PYTHON) deploy/install.py && exec $(BIN)/python -m hub.local

preview:  ## an author's preview of WORKSHOP, without a hub
	@$(PYTHON) deploy/install.py && exec $(BIN)/python -S -m hub.preview

test:     ## set up and run all tests
	@$(PYTHON) deploy/install.py test && $(BIN)/python -m pytest $(PYTEST)

check:    ## format, lint, types and the fast tests, in under a minute
	@$(PYTHON) deploy/install.py test
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -q -m "not slow"

bench:    ## the benchmarks, beside their peers
	@$(PYTHON) deploy/install.py test && $(BIN)/python -m tests.bench

clean:    ## remove what was installed and made, homes and accounts too
	rm -rf build node_modules *.egg-info
