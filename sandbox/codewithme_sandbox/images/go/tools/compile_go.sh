#!/bin/sh
# Compiles and links a Go program without `go build`, which would take twenty seconds to find out that the standard
# library is built already. Takes the entry and other files; those in the entry's folder are its package.
set -e
entry=$1
folder=$(dirname "$entry")
for name; do
    shift
    case $name in *_test.go) continue ;; esac
    [ "$(dirname "$name")" != "$folder" ] || set -- "$@" "$name"
done
compiled=/code/.program.a
exec >&2
/opt/go/compile -p main -pack -complete -c 2 -trimpath /code -importcfg /opt/go/importcfg -o "$compiled" "$@"
exec /opt/go/link -s -w -importcfg /opt/go/importcfg -buildmode exe -o /code/.program "$compiled"
