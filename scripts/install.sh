# shellcheck shell=bash
# What both `make run` and `make test` need: Python, a virtual environment in .venv, Node, the built labextension.
# Sourced after progress.sh, stamps.sh and packages.sh. Each part is skipped when its inputs did not change.

readonly VENV=.venv
readonly LABEXTENSION_OUTPUT=codewithme_ext/labextension/static/style.js
readonly PAGES_OUTPUT=codewithme_ext/pages/static
# The build of the front end has one way in, jlpm below; pip shall not start it a second time.
export SKIP_JUPYTER_BUILDER=1

# install_all WANTED: everything, with the Python packages of `run` or also those of `dev`.
install_all() {
  ensure_venv
  ensure_front_end
  ensure_python_packages "$1"
  export PATH=$PWD/$VENV/bin:$PATH
}

ensure_venv() {
  local version
  if [[ -x $VENV/bin/python ]] && "$VENV/bin/python" -c 'import pip' 2>/dev/null; then return; fi
  find_python
  version=$("$python" -c 'import platform; print(platform.python_version())')
  "$python" -c 'import ensurepip, venv' 2>/dev/null || need_packages "A virtual environment" python3-venv
  unstamp python-run
  unstamp python-dev
  step "Making a virtual environment with Python $version" venv "$python" -m venv --clear "$VENV"
}

# find_python: sets `python` to one of version 3.11 or later; PYTHON=… chooses.
find_python() {
  local name
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    python=$name
    return
  done
  fail "CodeWithMe needs Python 3.11 or later, and ${PYTHON:-python3} is not." \
    "On Debian 12 or Ubuntu 24.04 and later: sudo apt-get install python3 python3-venv"
}

# The editable install copies the labextension's output into .venv/share, so it is repeated when that changes.
ensure_python_packages() {
  local kind=$1 extras='' now
  # Once somebody develops here, `make run` keeps the tools current too.
  [[ ! -f $STAMPS/python-dev ]] || kind=dev
  [[ $kind == run ]] || extras='[dev]'
  now=$(fingerprint pyproject.toml labextension/package.json labextension/install.json codewithme_ext/auto_enable.json \
    codewithme_ext/labextension kernels/specs "$VENV/pyvenv.cfg")
  is_stamped "python-$kind" "$now" && return
  unlink_labextension
  step "Installing Python packages" pip "$VENV/bin/pip" install --progress-bar off --editable ".$extras"
  stamp "python-$kind" "$now"
}

# `make dev` links the labextension into .venv; pip would delete the link's target file by file.
unlink_labextension() {
  local link=$VENV/share/jupyter/labextensions/@codewithme/labextension
  [[ ! -L $link ]] || rm "$link"
}

# FRONT_END_BUILD: the script in labextension/package.json that builds it.
ensure_front_end() {
  local build=${FRONT_END_BUILD:-build:prod} now
  now=$(fingerprint labextension schema/settings)-$build
  if is_stamped front-end "$now" && [[ -f $LABEXTENSION_OUTPUT && -d $PAGES_OUTPUT ]]; then return; fi
  ensure_node_modules
  step "Building the labextension and the pages" front-end run_jlpm "$build"
  stamp front-end "$now"
}

ensure_node_modules() {
  local now
  ensure_node
  ensure_build_tools
  now=$(fingerprint labextension/package.json labextension/yarn.lock)
  is_stamped node-modules "$now" && [[ -d labextension/node_modules ]] && return
  step "Installing Node packages" node-modules run_jlpm install --immutable
  stamp node-modules "$now"
}

# jlpm is the yarn that JupyterLab ships; it comes from PyPI, before everything else since the build needs it.
ensure_build_tools() {
  local requirements
  [[ -x $VENV/bin/jlpm && -x $VENV/bin/jupyter-builder ]] && return
  requirements=$("$VENV/bin/python" -c 'import tomllib
print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")')
  mapfile -t requirements <<<"$requirements"
  step "Installing the build tools" build-tools "$VENV/bin/pip" install --progress-bar off "${requirements[@]}"
}

ensure_node() {
  if ! command -v node >/dev/null; then
    need_packages "The labextension's build" nodejs
  fi
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)' ||
    fail "The labextension's build needs Node 20.19, 22.12 or later, and this is $(node --version)." \
      "Install a current Node (Debian 13 and Ubuntu 25.04 have one: apt-get install nodejs) and try again."
}

# What bench/documents.py measures ours against.
ensure_y_websocket() {
  local now
  now=$(fingerprint bench/y-websocket/package.json bench/y-websocket/yarn.lock)
  is_stamped y-websocket "$now" && [[ -d bench/y-websocket/node_modules ]] && return
  step "Installing y-websocket" y-websocket run_jlpm_in bench/y-websocket install --immutable
  stamp y-websocket "$now"
}

run_jlpm() { run_jlpm_in labextension "$@"; }

# run_jlpm_in FOLDER ARGUMENTS…
run_jlpm_in() (
  export PATH=$PWD/$VENV/bin:$PATH
  cd "$1" || exit
  jlpm "${@:2}"
)
