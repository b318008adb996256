#!/bin/sh
# For images that stand on the core image: `install.sh PACKAGE…` adds Debian packages.
set -e
sh /host/prepare.sh
touch /host/marker
apt-get install -y -q --no-install-recommends "$@"
