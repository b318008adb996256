#!/usr/bin/env bash
# `make lint`: all checks of style, types and import rules; goes through all of them before it fails.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/stamps.sh
source scripts/packages.sh
source scripts/install.sh

heading "Getting ready"
install_all dev
ensure_node_modules

failed=()
check() {
  local name=$1
  shift
  heading "$name"
  "$@" || failed+=("$name")
}

check "ruff check" ruff check .
check "ruff format" ruff format --check .
check "mypy" mypy
check "import-linter" lint-imports
check "shellcheck" shellcheck scripts/*.sh .ci/run
check "labextension: tsc, eslint, prettier" run_jlpm lint

((${#failed[@]} == 0)) || fail "Not clean: ${failed[*]}. make format mends what is only layout."
heading "All clean"
