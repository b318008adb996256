"""Settings: a wrong one stops the start with a sentence that names it, from wherever it comes."""

from pathlib import Path

import pytest
from traitlets import TraitError
from traitlets.config import Config

from codewithme_ext.config import CodeWithMe, environment_name
from codewithme_ext.errors import ConfigurationError
from codewithme_ext.sentry import start_sentry
from codewithme_ext.settings_page import settings_page

WRONG = {
    "enable_chat": "perhaps",
    "docker_host": "ftp://localhost",
    "redis_url": "http://localhost",
    "metrics_token": "short",
    "log_format": "xml",
    "log_level": "loud",
    "retention_days": "-1",
    "handshake_timeout_s": "46",
    "jwt_secret": "secret",
    "registration": "sometimes",
    "port": "eighty",
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_environment_variable_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(environment_name(name), WRONG[name])
    with pytest.raises(ConfigurationError, match=environment_name(name) if name not in _OWN_WORDS else name):
        CodeWithMe()


def test_a_word_that_is_neither_true_nor_false_is_said_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEWITHME_ENABLE_CHAT", "perhaps")
    with pytest.raises(ConfigurationError, match=r"cannot be 'perhaps': 'perhaps' is not 1, 0, true, or false"):
        CodeWithMe()


_OWN_WORDS = ("docker_host", "redis_url", "metrics_token", "jwt_secret")


@pytest.mark.parametrize("name", _OWN_WORDS)
def test_a_wrong_setting_is_named(name: str) -> None:
    with pytest.raises((ConfigurationError, TraitError), match=name):
        CodeWithMe(config=Config({"CodeWithMe": {name: WRONG[name]}}))


def test_an_address_that_is_not_sentrys_is_named() -> None:
    with pytest.raises(ConfigurationError, match="sentry_dsn"):
        start_sentry("not an address", release="1")


def test_the_page_of_the_settings_is_that_of_the_settings() -> None:
    kept = Path(__file__).parents[3] / "docs" / "configuration.md"
    assert kept.read_text() == settings_page(), "run: python -m codewithme_ext.settings_page docs/configuration.md"


def test_every_setting_says_what_it_is() -> None:
    assert all(trait.help for trait in CodeWithMe.class_own_traits(config=True).values())
