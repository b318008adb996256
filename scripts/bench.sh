#!/usr/bin/env bash
# `make bench`: repeats the measurements in docs/benchmarks.md: every script bench/*.py prints rows of that table.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/stamps.sh
source scripts/packages.sh
source scripts/install.sh

install_all dev
ensure_y_websocket
shopt -s nullglob
say "" "| what | p50 | p99 | unit | machine |" "|---|---|---|---|---|"
for script in bench/*.py; do
  python "$script"
done
