# shellcheck shell=bash
# The images that candidates' code runs in, made by the sandbox's own command, which skips what is there already.

# ensure_image LANGUAGE…: 0 when their images are there. `core` is the image of the most common ones, `all` are all.
ensure_image() {
  local host=${CODEWITHME_DOCKER_HOST:-}
  (step "Preparing the sandbox's image" image python -m codewithme_sandbox ${host:+--docker-host "$host"} build "$@")
}
