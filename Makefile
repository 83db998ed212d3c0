# One line each; `make help` lists them.
PYTHON ?= python3
BIN := $(or $(HANDBOOK_ENVIRONMENT),.venv)/bin
export PATH := $(abspath $(BIN)):$(PATH)
export HANDBOOK_PARANOID := $(PARANOID)
# PARAMS=other.yaml: another catalogue of this repository, whose results lie in build/other.
ifdef PARAMS
export HANDBOOK_PARAMS := $(PARAMS)
endif
ifdef VERBOSE
export HANDBOOK_VERBOSE := $(VERBOSE)
endif
export HANDBOOK_MIRROR ?= $(abspath $(wildcard ../shared/data))
SNAKEMAKE := $(BIN)/snakemake --workflow-profile workflow/profiles


# Lists of folders are separated by colons, and nearly all else by line ends.
ifneq ($(shell printf %s "$$(pwd)" | tr -d ':\n'),$(shell printf %s "$$(pwd)"))
$(error the path of this folder holds a colon or a line break: rename it, then run this again)
endif

# Where a home has no room for caches, as in containers and batch systems, they lie here.
HOMELESS := $(shell for folder in "$${XDG_CACHE_HOME:-$${HOME:+$$HOME/.cache}}" \
	"$${XDG_CONFIG_HOME:-$${HOME:+$$HOME/.config}}"; do \
	mkdir -p "$$folder" 2>/dev/null && [ -w "$$folder" ] || echo yes; done)
ifneq ($(HOMELESS),)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache
export MPLCONFIGDIR := $(CURDIR)/.snakemake/cache/matplotlib
endif

.DEFAULT_GOAL := help
.PHONY: help setup writable demo rebuild sweep test test-services faults lint format verify ui lock schema architecture graph durations

help:      ## list the targets
	@echo "Start with \`make demo\`: it needs no data. \`make rebuild\` does the same on the real data."
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | awk -F ':.*## *' '{ printf "  %-15s%s\n", $$1, $$2 }'

writable:
	@for name in . .snakemake .snakemake/handbook.lock results logs; do \
		[ ! -e $$name ] || [ -w $$name ] || { echo "$$(pwd)/$$name cannot be written to by" \
			"$$(id -un): work in a clone of your own, or have its owner allow it" >&2; exit 1; }; done

demo: writable setup  ## run the whole graph on generated data into build/demo (VERBOSE=1: all that Snakemake says)
ifdef PARAMS
	@HANDBOOK_MLFLOW_LATER=1 $(BIN)/handbook run --profile demo
else
	@HANDBOOK_MLFLOW_LATER=1 $(SNAKEMAKE)/$(if $(PROFILE),$(PROFILE) --directory build/demo \
		--config tier=demo data_source=sample,demo)
	@$(BIN)/handbook summary build/demo
endif

rebuild: writable setup  ## run the whole graph on real data into results (PARANOID=1: read all results first; PROFILE=slurm: on a cluster)
ifdef PARAMS
	@$(BIN)/handbook run $(if $(PROFILE),--profile $(PROFILE))
else
	@$(SNAKEMAKE)/$(or $(PROFILE),default)
	@$(BIN)/handbook keep
	@$(BIN)/handbook summary .
endif

ui: writable setup  ## open MLflow on the runs (FOLDER=build/demo: those of the demo; PORT)
	@$(BIN)/handbook ui $(FOLDER) $(if $(PORT),--port $(PORT))

sweep: writable setup  ## run one sweep of params.yaml, NAME=..., and nothing else
	@$(BIN)/handbook sweep $(NAME) $(if $(PROFILE),--profile $(PROFILE))

setup:     ## make the environment .venv from the lock files (TORCH=cuda: PyTorch for a GPU)
ifndef HANDBOOK_ENVIRONMENT
	@command -v $(PYTHON) > /dev/null || { echo "setup: no $(PYTHON) on PATH; install Python 3.11" \
		"to 3.14, or name one: make setup PYTHON=..." >&2; exit 1; }
	@$(PYTHON) workflow/install.py --torch "$(TORCH)" $(if $(filter setup,$(MAKECMDGOALS)),,--quiet) \
		$(if $(filter-out file,$(origin PYTHON)),--this-python)
endif

test: setup  ## run the tests with coverage (COVERAGE=no: without, a quarter quicker)
	$(BIN)/pytest --numprocesses 2 --dist worksteal --durations=25 \
		$(if $(filter no,$(COVERAGE)),,--cov --cov-fail-under=90)

test-services: setup  ## run it on SLURM, PostgreSQL, SSH and others (ONLY=quick: what CI runs; FIGURES=1: keep times)
	HANDBOOK_SERVICES=$(or $(ONLY),all) HANDBOOK_FIGURES=$(FIGURES) $(BIN)/pytest --durations=10 \
		$(if $(ONLY),--numprocesses 2 --dist loadfile) tests/services

faults: setup  ## kill, damage, fill up and race for an hour, count what came of it (SEED, KILLS, ONLY)
	@$(BIN)/python -m tests.faults.campaign $(if $(SEED),--seed $(SEED)) \
		$(if $(KILLS),--kills $(KILLS)) $(if $(ONLY),--only $(ONLY))

lint: setup  ## check style, types and workflow
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow && $(BIN)/snakemake --lint

format: setup  ## format Python and workflow files
	$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/snakefmt Snakefile workflow

verify: setup  ## make the demo twice from nothing and compare every byte
	@workflow/verify.sh

lock: setup  ## resolve the lock files anew from pyproject.toml (UPGRADE=1: to today's versions)
	@$(BIN)/python workflow/lock.py $(if $(UPGRADE),--upgrade)

schema: setup  ## regenerate the schema of params.yaml
	@handbook schema > workflow/schemas/params.schema.json

graph: setup  ## regenerate the graph of rules that the README and the report draw
	@{ $(BIN)/snakemake --rulegraph --forceall --quiet && $(BIN)/snakemake --list-rules; } \
		| $(BIN)/python -m handbook.workflow.graph

durations: setup  ## take what jobs took here as what the next run expects
	@$(BIN)/python -m handbook.workflow.expected standard=. demo=build/demo

architecture: setup  ## regenerate docs/architecture.md
	$(BIN)/python -m tests.architecture > docs/architecture.md
