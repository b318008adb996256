# Every target is one script under scripts/; read that for what it does.
# Parameters are given like `make test PART=unit` or `CODEWITHME_PORT=9000 make run`.

.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
export PART

.PHONY: help run test lint format dev bench engine-stop clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing and start CodeWithMe (port: CODEWITHME_PORT)
	@scripts/run.sh

test: ## Install what is missing and run every test (a part: PART=unit)
	@scripts/test.sh

lint: ## Check style, types and import rules of all code
	@scripts/lint.sh

format: ## Rewrite all code in the style that lint asks for
	@scripts/format.sh

dev: ## Start CodeWithMe and rebuild the labextension whenever it changes
	@scripts/dev.sh

bench: ## Repeat the measurements in docs/benchmarks.md
	@scripts/bench.sh

engine-stop: ## Stop the container engine that make run started
	@scripts/stop_engine.sh

clean: ## Remove everything that was built here (your interviews stay)
	@scripts/clean.sh
