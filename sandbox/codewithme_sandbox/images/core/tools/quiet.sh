#!/bin/sh
# Runs a checking command and shows what it says only if it finds something: "no syntax errors" is no news.
said=$("$@" 2>&1) && exit 0
status=$?
printf '%s\n' "$said" >&2
exit $status
