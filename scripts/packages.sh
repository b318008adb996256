# shellcheck shell=bash
# System packages, sourced after stamps.sh: as root on Debian or Ubuntu they are installed, anybody else is told the command to type.

# need_packages WHAT-FOR PACKAGE…: install these, or end with the sentence that says how.
need_packages() {
  local purpose=$1
  shift
  can_install || fail "$purpose: these packages are missing: $*" "Install them and try again: sudo apt-get install $*"
  refresh_lists
  step "Installing $*" "apt-$1" install_quietly "$@"
}

can_install() { [[ $EUID == 0 ]] && command -v apt-get >/dev/null; }

# Lists that are older than an hour name packages that are gone from the archive.
refresh_lists() {
  [[ -z $(find "$STAMPS/apt-lists" -mmin -60 2>/dev/null) ]] || return 0
  step "Reading the system's package lists" apt-update apt-get update
  stamp apt-lists read
}

# Services that come with a package (PostgreSQL's, Docker's) are not started by the package: we start what we need
# ourselves, where we can also stop it. policy-rc.d is Debian's own switch for that.
install_quietly() {
  local policy=/usr/sbin/policy-rc.d ours='' status=0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    ours=yes
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" || status=$?
  [[ -z $ours ]] || rm -f "$policy"
  return "$status"
}
