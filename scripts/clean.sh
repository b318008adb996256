#!/usr/bin/env bash
# `make clean`: removes what was built in this folder. Interviews and accounts live in the Jupyter data folder and stay.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/engine.sh

[[ ! -f $ENGINE_PID ]] || stop_engine
rm -rf .venv .build build dist labextension/{node_modules,lib,coverage,.yarn,tsconfig.tsbuildinfo} \
  codewithme_ext/{labextension,pages/static,_version.py} .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
find . -name __pycache__ -type d -prune -exec rm -rf {} +
say "Clean."
