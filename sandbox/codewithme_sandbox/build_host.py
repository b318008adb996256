"""What an image build borrows from this machine: its Debian mirror, proxy and certificates. None of it stays in an image."""

from __future__ import annotations

import os
import re
import shlex
import ssl
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

DEBIAN_MIRROR = "http://deb.debian.org/debian"
RELEASE = "trixie"

_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_INDEXES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "NPM_CONFIG_REGISTRY")
_APT_OPTIONS = re.compile(r'^Acquire::(?:http|https|Check)[^ ]* ".+";$')


def mirror() -> str:
    """The Debian mirror that this machine's apt uses, else Debian's own."""
    for line in _source_lines():
        found = re.search(r"\bhttps?://\S+/debian/?(?=\s|$)", line)
        if found:
            return found.group().rstrip("/")
    return DEBIAN_MIRROR


def apt_options() -> list[str]:
    """How this machine's apt fetches (proxies, dates), as lines of apt.conf."""
    try:
        dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True, timeout=10).stdout  # noqa: S607 - apt's own place differs by distribution
    except (OSError, subprocess.SubprocessError):
        return []
    return [line for line in dump.splitlines() if _APT_OPTIONS.match(line)]


def proxies() -> dict[str, str]:
    """Build arguments that Docker knows by name and keeps out of the image's history."""
    return {name: os.environ[name] for name in _PROXIES if os.environ.get(name)}


def context_files() -> dict[str, bytes]:
    """The contents of ``host/`` in the build context; see images/prepare.sh."""
    certificates = _certificates()
    options = apt_options()
    exports = {name: os.environ[name] for name in _INDEXES if os.environ.get(name)}
    if certificates:
        options.append('Acquire::https::CAInfo "/host/certificates";')
        exports |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), "/host/certificates")
    sources = [f"deb {mirror()} {RELEASE} main", f"deb {mirror()} {RELEASE}-updates main"]
    return {
        "sources": _text(sources),
        "apt.conf": _text(options),
        "environment": _text(f"export {name}={shlex.quote(value)}" for name, value in exports.items()),
        "certificates": certificates,
    }


def _source_lines() -> Iterator[str]:
    places = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for place in places:
        try:
            lines = place.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        yield from (line for line in lines if not line.lstrip().startswith("#"))


def _certificates() -> bytes:
    """The bundle this machine trusts, with the certificate authorities an administrator added."""
    paths = ssl.get_default_verify_paths()  # honours SSL_CERT_FILE
    for place in (paths.cafile, "/etc/ssl/certs/ca-certificates.crt"):
        if place and Path(place).is_file():
            return Path(place).read_bytes()
    return b""


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
