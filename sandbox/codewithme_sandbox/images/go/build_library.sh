#!/bin/sh
# Builds the standard library and puts it in /opt/go with the compiler, the linker, and a table of packages and files.
set -e
export CGO_ENABLED=0 GOCACHE=/build GOFLAGS=-trimpath
mkdir -p /opt/go/library
go list -export -f '{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}' std > /packages
while read -r package archive; do
    mkdir -p "/opt/go/library/$(dirname "$package")"
    cp "$archive" "/opt/go/library/$package.a"
    echo "packagefile $package=/opt/go/library/$package.a"
done < /packages > /opt/go/importcfg
tools=$(go env GOTOOLDIR)
cp "$tools/compile" "$tools/link" /opt/go/
