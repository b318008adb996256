# shellcheck shell=bash
# The container engine that runs candidates' code.
#
# An engine that answers is used as it is. Otherwise root on Debian or Ubuntu gets docker.io installed and started:
# through systemd where that runs, else as a process of its own session with its pid in .build/dockerd.pid. It outlives
# Ctrl-C on the server, as an engine started by the system would, so that the next start is quick.

readonly ENGINE_PID=.build/dockerd.pid
ENGINE_LOG=''
engine_started_by=''

engine_answers() { python3 scripts/engine_answers.py --quiet; }

# ensure_engine: 0 when an engine answers at the end. Else 1, after saying what is missing and how to get it.
ensure_engine() {
  engine_answers && return
  local reason
  reason=$(python3 scripts/engine_answers.py || true)
  if [[ -n ${CODEWITHME_DOCKER_HOST:-}${DOCKER_HOST:-} ]]; then
    advise_engine "$reason" "Start the engine at that address, or unset CODEWITHME_DOCKER_HOST and DOCKER_HOST."
    return 1
  elif ! can_install; then
    advise_engine "$reason" "To get one on Debian or Ubuntu, and log in again afterwards:" \
      "sudo apt-get install docker.io && sudo usermod -aG docker \$USER"
    return 1
  fi
  # In a subshell, since without an engine everything but running code works: a failed install must not end the script.
  command -v dockerd >/dev/null || (need_packages "A container engine" docker.io apparmor) || return 1
  start_engine
}

# advise_engine REASON WHAT-TO-DO…
advise_engine() {
  say "  No container engine: $1." "  Everything but running code works without one."
  printf '    %s\n' "${@:2}"
}

start_engine() {
  ENGINE_LOG=$PWD/$LOGS/dockerd.log
  if [[ -d /run/systemd/system ]]; then
    engine_started_by=systemd
    (step "Starting the container engine" engine-start systemctl start docker) || return 1
  else
    engine_started_by=us
    drop_stale_pid "$ENGINE_PID" dockerd
    drop_stale_pid /var/run/docker/containerd/containerd.pid containerd
    # setsid: Ctrl-C in this terminal is meant for the server, not for the engine.
    setsid dockerd --pidfile "$PWD/$ENGINE_PID" >"$ENGINE_LOG" 2>&1 </dev/null &
    engine_process=$!
  fi
  (step "Waiting for the container engine" engine-wait wait_for_engine) || return 1
}

wait_for_engine() {
  local tries
  for ((tries = 0; tries < 240; tries++)); do
    engine_answers && return
    if [[ $engine_started_by == us ]] && ! kill -0 "$engine_process" 2>/dev/null; then
      tail -n 15 "$ENGINE_LOG"
      printf 'The engine ended by itself. Its log: %s\n' "$ENGINE_LOG"
      return 1
    fi
    sleep 0.25
  done
  printf 'The engine does not answer after a minute. Its log: %s\n' "$ENGINE_LOG"
  return 1
}

# A pid file that outlived its process would keep the engine from starting once the number is in use again.
drop_stale_pid() {
  local file=$1 name=$2 pid
  [[ -f $file ]] || return 0
  pid=$(<"$file")
  [[ $(cat "/proc/$pid/comm" 2>/dev/null) == "$name" ]] || rm -f "$file"
}

# stop_engine: end the engine that we started, and no other.
stop_engine() {
  local pid
  if [[ $engine_started_by == systemd ]]; then
    systemctl stop docker.socket docker
    return
  fi
  drop_stale_pid "$ENGINE_PID" dockerd
  if [[ ! -f $ENGINE_PID ]]; then
    say "No container engine of ours is running."
    return
  fi
  pid=$(<"$ENGINE_PID")
  kill "$pid"
  timeout 30 tail --pid="$pid" --follow /dev/null || kill -KILL "$pid"
  say "Stopped the container engine (process $pid)."
}
