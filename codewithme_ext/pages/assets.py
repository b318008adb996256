"""The pages' built script and style. Nothing secret, so nobody is asked who they are."""

from jupyter_server.base.handlers import PublicStaticFileHandler


class PageAssets(PublicStaticFileHandler):
    """Files below `static/`; with `?v=` they may be kept for good, since a new version has a new address."""

    is_open_page = True

    def set_default_headers(self) -> None:
        """No sniffing, no framing, and no cache for whoever asks without a version."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.set_header("Cache-Control", "no-cache")
