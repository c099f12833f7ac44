from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import OpasError
from bot.settings import Settings, read_env_file, unknown_settings


def test_everything_that_is_wrong_is_named_at_once():
    with pytest.raises(OpasError) as caught:
        Settings.from_env(
            {
                "TELEGRAM_BOT_TOKEN": "nonsense",
                "OPAS_WEB_PORT": "eighty",
                "OPAS_DRAFTS": "maybe",
                "OPAS_STAFF": f"5:king, {10**20}:admin",
                "HTTPS_PROXY": "proxy",
                "SSL_CERT_FILE": "/nowhere.pem",
            }
        )
    assert str(caught.value).splitlines() == [
        "TELEGRAM_BOT_TOKEN must be the token that @BotFather gave, like 123456:ABC….",
        "OPAS_STAFF: '5:king' must be like 12345:admin (or counsellor, translator).",
        "OPAS_STAFF: '100000000000000000000:admin' must be like 12345:admin (or counsellor, translator).",
        "OPAS_WEB_PORT must be a whole number from 0 to 65535; it is 'eighty'.",
        "OPAS_DRAFTS must be show or hide; it is 'maybe'.",
        "HTTPS_PROXY must be a web address like http://proxy.example.org:3128.",
        "SSL_CERT_FILE must be a file with certificates in PEM; '/nowhere.pem' is none.",
        "See .env.example, then start again.",
    ]


def test_a_mistyped_setting_is_named_with_the_one_probably_meant():
    env = {"OPAS_LOGG": "json", "TELEGRAM_TOKEN": "1:x", "OPAS_LOG": "json", "PATH": "/bin", "OPAS_ZZZZZZZZZZ": "1"}
    assert unknown_settings(env) == [
        "OPAS_LOGG is no setting of Opas and is not read. Did you mean 'OPAS_LOG'?",
        "OPAS_ZZZZZZZZZZ is no setting of Opas and is not read.",
        "TELEGRAM_TOKEN is no setting of Opas and is not read. Did you mean 'TELEGRAM_BOT_TOKEN'?",
    ]


def test_secrets_are_not_shown():
    settings = Settings.from_env({"TELEGRAM_BOT_TOKEN": "123456:SECRETSECRET", "WEBHOOK_SECRET": "hidden"})
    assert "SECRET" not in repr(settings)
    assert "hidden" not in repr(settings)


def test_the_webhook_secret_is_derived_from_the_token_when_none_is_set():
    one, other = (Settings(token=token).secret() for token in ("1:aaaaaa", "1:bbbbbb"))
    assert one != other
    assert one == Settings(token="1:aaaaaa").secret()


def test_an_env_file_is_read(tmp_path: Path):
    (tmp_path / ".env").write_text('# comment\nA=1\nexport B="two words"\n\nC=\n', encoding="utf-8")
    assert read_env_file(tmp_path / ".env") == {"A": "1", "B": "two words", "C": ""}


def test_an_env_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path):
    (tmp_path / ".env").write_bytes("OPAS_BIND=0.0.0.0 # für alle\n".encode("latin-1"))
    with pytest.raises(OpasError, match=r"\.env: save this file as UTF-8 text\."):
        read_env_file(tmp_path / ".env")


def test_the_database_and_the_staff():
    settings = Settings.from_env({"OPAS_DATABASE": "sqlite:////var/lib/opas.db", "OPAS_STAFF": "1:admin, 2:counsellor"})
    assert settings.database == Path("/var/lib/opas.db")
    assert settings.staff == {1: "admin", 2: "counsellor"}
