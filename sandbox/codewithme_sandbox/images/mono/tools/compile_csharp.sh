#!/bin/sh
# Compiles C#. The compiler talks on standard output, which belongs to the program, and counts what it said in a last line.
said=$(mcs -langversion:latest -debug -r:System.Core,System.Numerics -out:/code/.program.exe "$@" 2>&1)
status=$?
[ -z "$said" ] || printf '%s\n' "$said" | grep -v '^Compilation \(succeeded\|failed\)' >&2
exit $status
