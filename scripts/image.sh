# shellcheck shell=bash
# The image that candidates' code runs in, made by the sandbox's own command, which skips what is there already.

# ensure_image: 0 when the image is there.
ensure_image() {
  local host=${CODEWITHME_DOCKER_HOST:-}
  (step "Preparing the sandbox's image" image python -m codewithme_sandbox ${host:+--docker-host "$host"} build)
}
