# shellcheck shell=bash
# Steps that need not be repeated: a stamp holds the fingerprint of the files a step was last done for.
# Content counts, not time: a fresh clone or another branch with the same files repeats nothing.

readonly STAMPS=.build/stamps
mkdir -p "$STAMPS"

# fingerprint PATH…: one word for the content of these files and folders, without what is built
# inside them and without their tests.
fingerprint() {
  find "$@" \( -name node_modules -o -name .yarn -o -name lib -o -name tests -o -name coverage -o -name __pycache__ \) -prune \
    -o -type f ! -name '*.tsbuildinfo' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-16
}

# is_stamped NAME FINGERPRINT: was the step done for just this?
is_stamped() { [[ -f $STAMPS/$1 && $(<"$STAMPS/$1") == "$2" ]]; }

stamp() { printf '%s\n' "$2" >"$STAMPS/$1"; }
unstamp() { rm -f "$STAMPS/$1"; }
