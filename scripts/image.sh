# shellcheck shell=bash
# The image that candidates' code runs in, made by the sandbox's own command, which skips what is there already.

# ensure_image: 0 when the image is there. Without a registry that answers it is made with mmdebstrap.
ensure_image() {
  if ! command -v mmdebstrap >/dev/null && can_install; then
    (need_packages "The sandbox's image" mmdebstrap) || return 1
  fi
  (step "Preparing the sandbox's image" image python -m codewithme_sandbox build)
}
