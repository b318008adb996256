# shellcheck shell=bash
# The tables, brought up to date by the product's own command. Sourced after progress.sh and stamps.sh.

# Skipped while neither the migrations nor where the database lies have changed: should that be wrong, the server makes
# the tables of an empty database itself and refuses to work on an old one with a sentence that names the command.
ensure_database() {
  local place=$HOME:${CODEWITHME_DATA_DIR:-}:${CODEWITHME_DATABASE_URL:-} now
  now=$(fingerprint codewithme_ext/migrations)-$(sha256sum <<<"$place" | cut -c 1-8)
  is_stamped database "$now" && return
  step "Bringing the database up to date" database jupyter codewithme db upgrade
  stamp database "$now"
}
