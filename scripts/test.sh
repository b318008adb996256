#!/usr/bin/env bash
# `make test`: everything the tests need, then every part under a heading of its own, then one line that sums them up.
# PART="unit docker" runs these parts only; pytest reads further arguments from PYTEST_ADDOPTS by itself.
set -euo pipefail
source "$(dirname "$0")/progress.sh"
source scripts/stamps.sh
source scripts/packages.sh
source scripts/install.sh
source scripts/engine.sh
source scripts/image.sh

readonly ALL_PARTS="labextension unit integration docker browser packaging"
readonly RESULTS=build/test-results
read -ra parts <<<"${PART:-$ALL_PARTS}"

has_part() { [[ " ${parts[*]} " == *" $1 "* ]]; }

check_parts() {
  local part
  for part in "${parts[@]}"; do
    [[ " $ALL_PARTS " == *" $part "* ]] || fail "There is no part \"$part\". The parts: $ALL_PARTS"
  done
}

prepare() {
  local missing=()
  install_all dev
  if has_part unit || has_part integration; then
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
  fi
  if has_part integration; then
    command -v redis-server >/dev/null || missing+=(redis-server)
    command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
  fi
  if has_part browser; then
    command -v chromium >/dev/null || missing+=(chromium)
    # Playwright's own program needs it, and a machine without a compiler has none.
    /sbin/ldconfig -p | grep -q 'libatomic\.so\.1' || missing+=(libatomic1)
  fi
  ((${#missing[@]} == 0)) || need_packages "The tests" "${missing[@]}"
  if has_part integration || has_part docker || has_part browser; then
    ensure_engine || fail "The tests run code in real containers and need an engine."
    # The other images take minutes when they are built for the first time, and only tests/docker needs them.
    local images=core
    ! has_part docker || images=all
    ensure_image "$images" || fail "The tests run code in real containers and need the sandbox's image."
  fi
}

# shellcheck disable=SC2329  # called by the trap below
finish() {
  stop_ticker
  [[ -z $engine_started_by ]] || stop_engine
}

run_part() {
  case $1 in
    labextension) run_jlpm test --reporter=default --reporter=junit --outputFile.junit="$PWD/$RESULTS/$1.xml" ;;
    unit | integration) run_pytest "$1" --numprocesses="$(workers)" --dist=loadfile ;;
    *) run_pytest "$1" ;;
  esac
}

run_pytest() { python -m pytest "tests/$1" --junit-xml="$RESULTS/$1.xml" "${@:2}"; }

# Tests that wait for servers and databases leave a processor idle. The other parts count containers or draw pictures.
workers() { echo $(($(nproc) < 4 ? $(nproc) : 4)); }

check_parts
trap finish EXIT
heading "Getting ready"
prepare
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
broken=()
for part in "${parts[@]}"; do
  heading "Tests: $part"
  run_part "$part" || broken+=("$part")
done
heading "All parts"
status=0
python scripts/totals.py "$RESULTS" "${parts[@]}" || status=$?
# A runner can fail with every test passed: no test found, an error while collecting, a warning at its end.
((${#broken[@]} == 0)) || fail "Parts that failed: ${broken[*]}"
exit "$status"
