#!/bin/sh
# Runs first in every builder stage: makes apt, pip and npm use the mirror, proxy and certificates of the machine that
# builds (/host, see images.py), and leaves out documentation.
set -e
[ ! -s /host/sources ] || { rm -rf /etc/apt/sources.list.d/* /etc/apt/sources.list; cp /host/sources /etc/apt/sources.list; }
cp /host/apt.conf /etc/apt/apt.conf.d/90host
cat > /etc/dpkg/dpkg.cfg.d/90slim <<END
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
END
apt-get update -q
