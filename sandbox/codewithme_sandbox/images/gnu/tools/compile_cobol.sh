#!/bin/sh
# Compiles COBOL: in the old fixed format if every line leaves the first seven columns to it, else in the free one.
set -e
format=-fixed
for source; do
    ! grep -qvE '^(.{6}[ */D-].*|[[:space:]]*)$' "$source" || format=-free
done
exec cobc -x "$format" -Wall -o /code/.program "$@"
