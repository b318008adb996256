#!/usr/bin/env bash
# `make run`: from a fresh clone to a server that is listening; the second time only what changed is done again.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/stamps.sh
source scripts/packages.sh
source scripts/install.sh
source scripts/engine.sh
source scripts/image.sh
source scripts/database.sh

heading "Getting ready"
install_all run
if ensure_engine; then
  ensure_image core || say "  Going on without it: everything but running code works."
  [[ -z $engine_started_by ]] || say "  The container engine goes on after the server ends; make engine-stop ends it."
fi
ensure_database

heading "Starting the server (Ctrl-C stops it)"
stop_ticker
exec jupyter codewithme
