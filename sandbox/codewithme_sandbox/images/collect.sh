#!/bin/sh
# Copies to /out every file that came or changed since /host/marker, without what belongs to the build alone.
set -e
# Nobody in a sandbox becomes another user (the engine forbids it as well).
find / -xdev -type f -perm /6000 -exec chmod a-s {} +
mkdir /out
find / -xdev \( -path /out -o -path /host -o -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /run \
    -o -path /root -o -path /etc/apt -o -path /etc/dpkg -o -path /etc/hosts -o -path /etc/hostname \
    -o -path /etc/resolv.conf -o -path /var/lib/apt -o -path /var/cache -o -path /var/log \) -prune \
    -o -newercm /host/marker ! -type s -print0 \
  | tar -c --null --no-recursion -T - | tar -x -C /out
