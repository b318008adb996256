"""Addresses of our pages, and which addresses a page may send somebody on to."""

from urllib.parse import quote, unquote, urlsplit


def page_address(base_url: str, *path: str) -> str:
    """The path of one of our pages; every part is quoted."""
    return f"{base_url}codewithme/" + "/".join(quote(part, safe="") for part in path)


def local_address(wanted: str, base_url: str) -> str | None:
    """`wanted` (a `next` parameter) as a path under `base_url`, or None where it could lead anywhere else.

    Browsers drop tabs and line breaks, read a backslash as a slash and `//host` as another host, and resolve `..` also when
    it is percent-encoded. So whatever has any of these is refused rather than repaired.
    """
    if not wanted.startswith(base_url) or wanted.startswith("//"):
        return None
    if any(ord(character) <= 0x20 or ord(character) == 0x7F or character == "\\" for character in wanted):
        return None
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc:
        return None
    segments = unquote(parts.path).replace("\\", "/").split("/")
    if ".." in segments or "" in segments[1:-1]:
        return None
    return wanted
