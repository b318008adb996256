#!/usr/bin/env bash
# `make format`: rewrites all code in the style that `make lint` asks for.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/stamps.sh
source scripts/packages.sh
source scripts/install.sh

install_all dev
ensure_node_modules
ruff check --fix-only --quiet .
ruff format .
run_jlpm format
