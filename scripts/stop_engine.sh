#!/usr/bin/env bash
# `make engine-stop`: ends the container engine that `make run` started, and no other.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/engine.sh

stop_engine
