#!/usr/bin/env bash
# `make dev`: the server, and the labextension rebuilt whenever a file of it changes. Reload the page to see a change of
# the labextension; start again to see one of the server. Ctrl-C ends both.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/stamps.sh
source scripts/packages.sh
source scripts/install.sh
source scripts/engine.sh
source scripts/image.sh
source scripts/database.sh

heading "Getting ready"
FRONT_END_BUILD=build install_all dev
ensure_node_modules
if ensure_engine; then ensure_image core || true; fi
ensure_database
# From here the server reads what the watcher writes. (jupyter-builder's own "develop" looks for a Python project in the
# labextension's folder.)
installed=.venv/share/jupyter/labextensions/@codewithme/labextension
rm -rf "$installed"
ln -s "$PWD/codewithme_ext/labextension" "$installed"

heading "Starting the server and the watcher (Ctrl-C stops both)"
# shellcheck disable=SC2329  # called by the trap below
finish() {
  stop_ticker
  kill -- "-$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
}
# A process group of its own, so that the watcher's own children end with it.
set -m
run_jlpm watch >"$LOGS/watch.log" 2>&1 </dev/null &
watcher=$!
set +m
trap finish EXIT
say "  The watcher writes to $LOGS/watch.log"
jupyter codewithme
