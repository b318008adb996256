"""A small web server with our pages and the real rules behind them, and a browser that is whoever the test says."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest
from jupyter_server.auth import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from small_site import BASE, OWNER_TOKEN, Site
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application

from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.schemas import Registration
from codewithme_ext.interview.accounts.service import RegistrationPolicy
from codewithme_ext.interview.execution.runner import Runner
from codewithme_ext.pages.base import PageHandler
from codewithme_ext.pages.routes import ROUTES
from codewithme_ext.services import Services, ServiceSettings, build_services
from codewithme_sandbox.job import Language
from codewithme_sandbox.languages import all_languages


class _NoRunner:
    """Knows the languages and runs nothing; an interview is created with a first file in its language."""

    def catalogue(self) -> list[Language]:
        return list(all_languages().values())


class _Stranger(IdentityProvider):
    """Knows nobody; the pages' actor is the test's business."""

    def get_user(self, handler: JupyterHandler) -> User | None:
        return None


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    settings = ServiceSettings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'pages.sqlite'}",
        jwt_secret="0123456789abcdef0123456789abcdef",
        owner_token=OWNER_TOKEN,
        owner_name="Owner",
        registration=RegistrationPolicy.OPEN,
        password_hash_cost=1,
    )
    services = build_services(settings, runner=cast(Runner, _NoRunner()))
    await services.schema.prepare()
    yield services
    await services.engine.dispose()


@pytest.fixture
async def site(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    socket, port = bind_unused_port()
    site = Site(services, port)
    monkeypatch.setattr(PageHandler, "actor", property(lambda _: site.actor))
    application = Application(
        [(BASE.rstrip("/") + pattern, *rest) for pattern, *rest in ROUTES],
        base_url=BASE,
        codewithme_services=services,
        identity_provider=_Stranger(),
        cookie_secret="cookies",
        xsrf_cookies=True,
    )
    server = HTTPServer(application)
    server.add_socket(socket)
    yield site
    server.stop()
    await server.close_all_connections()


@pytest.fixture
def account(services: Services) -> Callable[[str], Awaitable[Actor]]:
    """Makes an account called so."""

    async def make(name: str) -> Actor:
        email = f"{name.lower().replace(' ', '.')}@company.example"
        grant = await services.accounts.register(Registration(name=name, email=email, password="correct horse"))
        return await services.logins.authenticate(grant.token)

    return make


@pytest.fixture
async def host(account: Callable[[str], Awaitable[Actor]]) -> Actor:
    return await account("Maya Lindqvist")
