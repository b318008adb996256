# shellcheck shell=bash
# How our scripts speak: one line per step, the time it takes ticking beside it, its output kept in a log.
# Sourced by the other scripts; leaves them in the repository's folder.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
readonly LOGS=.build/log
mkdir -p "$LOGS"

ticker_pid=
trap stop_ticker EXIT

heading() { printf '\n── %s\n' "$*"; }
# say LINE…
say() { printf '%s\n' "$@"; }

# fail SENTENCE…: what is wrong and what to do, then the end of the script.
fail() {
  printf '\n%s\n' "$@" >&2
  exit 1
}

# step SENTENCE LOG COMMAND…: run the command, show how long it has been running and the last line it wrote.
# A command that fails ends the script, with the end of its log on the screen.
step() {
  local what=$1 log=$LOGS/$2.log start=$SECONDS
  shift 2
  : >"$log"
  start_ticker "$what" "$log"
  local status=0
  # The command stays in the foreground so that Ctrl-C reaches it; only the ticker is in the background.
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  if ((status == 0)); then
    finish_line "✓" "$what" "$((SECONDS - start))"
    return
  fi
  finish_line "✗" "$what" "$((SECONDS - start))"
  tail -n 40 "$log" | sed 's/^/    /' >&2
  fail "$what did not work (exit code $status). The whole log: $log"
}

start_ticker() {
  if [[ -t 1 ]]; then
    tick_on_terminal "$1" "$2" &
  else
    printf '  … %s\n' "$1"
    tick_in_log "$1" "$2" &
  fi
  ticker_pid=$!
}

stop_ticker() {
  [[ -n $ticker_pid ]] || return 0
  kill "$ticker_pid" 2>/dev/null || true
  wait "$ticker_pid" 2>/dev/null || true
  ticker_pid=
}

tick_on_terminal() {
  local seconds=0 width line
  while true; do
    width=$(tput cols 2>/dev/null || echo 80)
    line="  … $1 · $seconds s"
    ((seconds < 2)) || line+=" · $(last_words "$2")"
    printf '\r\033[K%s' "${line:0:width-1}"
    sleep 1
    seconds=$((seconds + 1))
  done
}

tick_in_log() {
  local seconds=0
  while sleep 1; do
    seconds=$((seconds + 1))
    ((seconds % 20)) || printf '  … %s · %s s · %.100s\n' "$1" "$seconds" "$(last_words "$2")"
  done
}

# Tools draw their progress over the same line with carriage returns: the last stretch is what they say now.
last_words() { tail -n 1 "$1" | tr '\r\t' '\n ' | tail -n 1; }

finish_line() {
  local took=
  (($3 < 2)) || took=" · $3 s"
  [[ ! -t 1 ]] || printf '\r\033[K'
  printf '  %s %s%s\n' "$1" "$2" "$took"
}
