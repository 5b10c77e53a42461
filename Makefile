# Everything is done in two commands: `make run` and `make test`. See README.md for settings.
PYTHON ?= python3
BIN := build/venv/bin
# Tests of a file share its fixtures, so a file stays with one process. Those on an engine look at
# what is left on it, so they run one after another. What failed is kept apart, as others run beside.
SPREAD := -n auto --dist loadfile --no-loadscope-reorder
SPREAD_PODS := -n 3 --dist loadgroup --no-loadscope-reorder
NO_PYTHON := There is no $(PYTHON): install Python 3.11 or newer, or name yours: make PYTHON=python3.12
SETUP := command -v $(PYTHON) >/dev/null || { echo "$(NO_PYTHON)" >&2; exit 1; }; $(PYTHON) deploy/install.py

# What a person may set: make run PORT=8001 WORKSHOP=../mine
export PORT PASSWORD ADMIN_PASSWORD WORKSHOP BIND PUBLIC_URL SUBDOMAINS STATE TERMINAL_VIEW
export WORKSHOP_VARS WORKSHOP_TABS IDLE_MINUTES MAX_HOURS MAX_SESSIONS DATABASE_URL ROUTERS
# For images: who builds, with which further arguments, and how they are called
export BUILDER BUILD_ARGS IMAGE_PREFIX TAG

.PHONY: run preview test test-cluster test-containers check bench bench-cluster images clean
.DEFAULT_GOAL := run

run:      ## set up and start, until Ctrl-C
	@$(SETUP) && exec $(BIN)/python -m hub.local

preview:  ## an author's preview of WORKSHOP, without a hub
	@$(SETUP) && exec $(BIN)/python -S -m hub.preview

test:     ## set up and run all tests
	@$(SETUP) test && $(BIN)/python -m pytest $(SPREAD) $(PYTEST)

test-cluster:  ## the tests on the Kubernetes that KUBECONFIG names, with the images of WORKSHOP_IMAGES
	@$(SETUP) test && $(BIN)/python -m pytest -o cache_dir=build/test-cluster $(SPREAD_PODS) -m cluster $(PYTEST) tests/test_cluster_*.py

test-containers:  ## the tests on the Docker or Podman that DOCKER_HOST names, with WORKSHOP_IMAGES
	@$(SETUP) test && $(BIN)/python -m pytest -o cache_dir=build/test-containers -m containers $(PYTEST)

check:    ## format, lint, types and the fast tests, in under a minute
	@$(SETUP) test
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/python -m pytest -q $(SPREAD) -m "not slow"

bench:    ## the benchmarks, beside their peers
	@$(SETUP) test && $(BIN)/python -m tests.bench

bench-cluster:  ## the benchmarks on a cluster, as test-cluster; images and IMAGES=jupyterlab must be there
	@$(SETUP) test && $(BIN)/python -m tests.bench_cluster

images:   ## the container images, or some: make images IMAGES=hub
	@$(PYTHON) deploy/images.py $(IMAGES)

clean:    ## remove what was installed and made, homes and accounts too
	rm -rf build node_modules *.egg-info
