"""What the operator decides, as one frozen object; everything that is wrong is said at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

from bot.errors import OpasError
from bot.model import Drafts, Role

LogStyle = Literal["text", "json"]
NAMES: Final = (
    "TELEGRAM_BOT_TOKEN", "TELEGRAM_API_URL", "WEBHOOK_URL", "WEBHOOK_PORT", "WEBHOOK_SECRET", "OPAS_CONTENT",
    "OPAS_DATABASE", "OPAS_CACHE", "OPAS_STAFF", "OPAS_WEB_URL", "OPAS_WEB_PORT", "OPAS_BIND", "OPAS_DRAFTS",
    "OPAS_UNDO_S", "OPAS_LOG", "OPAS_MESSAGES_PER_MINUTE", "OPAS_MAINTENANCE", "OPAS_WATCHDOG_S", "OPAS_NOW",
    "HTTPS_PROXY", "SSL_CERT_FILE",
)  # fmt: skip
_PREFIXES: Final = ("OPAS_", "TELEGRAM_", "WEBHOOK_")
_TOKEN: Final = re.compile(r"\d+:[\w-]{6,}")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TELEGRAM_ID: Final = re.compile(r"[0-9]{1,15}")
_URL: Final = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked; ``.env.example`` explains each."""

    token: str = field(default="", repr=False)
    api_url: str = "https://api.telegram.org"
    webhook_url: str = ""
    """Base URL of the webhook; empty: polling."""
    webhook_port: int = 8443
    webhook_secret: str = field(default="", repr=False)
    content: Path | None = None
    database: Path = Path("opas.db")
    cache: Path = Path(".cache/opas")
    staff: Mapping[int, Role] = field(default_factory=dict)
    """Telegram id → role of those who may add the others."""
    web_url: str = ""
    web_port: int = 8080
    bind: str = "127.0.0.1"
    drafts: Drafts = "show"
    undo_s: int = 600
    log: LogStyle = "text"
    notify_socket: str = ""
    """Where systemd waits for signs of life; set by systemd itself."""
    messages_per_minute: int = 20
    """How many messages of one chat are answered within a minute; urgent ones always are."""
    maintenance: bool = False
    """Nothing but what is urgent is answered; messages are kept until it is over."""
    watchdog_s: int = 60
    """How long the event loop may stand still before the process ends itself; 0: for ever."""
    now: datetime | None = None
    """A fixed moment, for tests."""
    proxy: str = field(default="", repr=False)
    certificates: Path | None = None
    """Who may vouch for Telegram or the proxy, in PEM; None: whom everybody trusts."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings. Raises OpasError that names every setting that is wrong, and what it should be."""
        reader = _Reader(env)
        settings = cls(
            token=reader.matching("TELEGRAM_BOT_TOKEN", "", _TOKEN, "the token that @BotFather gave, like 123456:ABC…"),
            api_url=reader.matching("TELEGRAM_API_URL", "https://api.telegram.org", _URL, "a web address").rstrip("/"),
            webhook_url=reader.matching("WEBHOOK_URL", "", _URL, "a web address").rstrip("/"),
            webhook_port=reader.number("WEBHOOK_PORT", 8443, 0, 65535),
            webhook_secret=reader.matching("WEBHOOK_SECRET", "", _SECRET, "1 to 256 letters, digits, _ or -"),
            content=Path(env["OPAS_CONTENT"]) if env.get("OPAS_CONTENT") else None,
            database=reader.database(),
            cache=Path(env.get("OPAS_CACHE") or ".cache/opas"),
            staff=reader.staff(),
            web_url=reader.matching("OPAS_WEB_URL", "", _URL, "a web address").rstrip("/"),
            web_port=reader.number("OPAS_WEB_PORT", 8080, 0, 65535),
            bind=env.get("OPAS_BIND") or "127.0.0.1",
            drafts=reader.one_of("OPAS_DRAFTS", "show", get_args(Drafts)),
            undo_s=reader.number("OPAS_UNDO_S", 600, 0, 86400),
            log=reader.one_of("OPAS_LOG", "text", get_args(LogStyle)),
            messages_per_minute=reader.number("OPAS_MESSAGES_PER_MINUTE", 20, 1, 1000),
            maintenance=reader.one_of("OPAS_MAINTENANCE", "false", ("false", "true")) == "true",
            notify_socket=env.get("NOTIFY_SOCKET", ""),
            watchdog_s=reader.number("OPAS_WATCHDOG_S", 60, 0, 3600),
            now=reader.moment("OPAS_NOW"),
            proxy=reader.matching("HTTPS_PROXY", "", _URL, "a web address like http://proxy.example.org:3128"),
            certificates=reader.certificates("SSL_CERT_FILE"),
        )
        if reader.wrong:
            raise OpasError("\n".join([*reader.wrong, "See .env.example, then start again."]))
        return settings

    def secret(self) -> str:
        """The webhook's secret: the one that was set, else one derived from the token."""
        return self.webhook_secret or hashlib.sha256(f"webhook:{self.token}".encode()).hexdigest()

    def asker_key(self) -> bytes:
        """The key of ``Store.asker``, derived from the token; a new token makes everybody a new asker."""
        return hashlib.sha256(f"asker:{self.token}".encode()).digest()


def read_env_file(path: Path) -> dict[str, str]:
    """``KEY=value`` lines of a .env file; quotes round a value and lines with ``#`` are left out. Raises OpasError when
    it cannot be read."""
    if not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise OpasError(f"{path}: save this file as UTF-8 text.") from error
    except OSError as error:
        raise OpasError(f"{path} cannot be read: {error.strerror}.") from error
    found = {}
    for line in lines:
        name, separator, value = line.strip().partition("=")
        if separator and name and not name.startswith("#"):
            found[name.removeprefix("export ").strip()] = value.strip().strip("\"'")
    return found


def unknown_settings(env: Mapping[str, str]) -> list[str]:
    """A sentence for each name in ``env`` that begins like a setting and is none, with the one probably meant."""
    names = sorted(name for name in env if name.startswith(_PREFIXES) and name not in NAMES)
    if not names:
        return []
    from bot.catalogue.nodes import probably_meant  # with all that reads YAML: `opas --help` is not to wait for it

    return [f"{name} is no setting of Opas and is not read.{probably_meant(name, NAMES)}" for name in names]


_Word = TypeVar("_Word", bound=str)


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.wrong: list[str] = []

    def given(self, name: str) -> str:
        return self.env.get(name, "").strip()

    def matching(self, name: str, default: str, pattern: re.Pattern[str], what: str) -> str:
        value = self.given(name)
        if value and not pattern.fullmatch(value):
            self.wrong.append(f"{name} must be {what}.")
            return default
        return value or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.given(name)
        if not value:
            return default
        if value.isdecimal() and low <= int(value) <= high:
            return int(value)
        self.wrong.append(f"{name} must be a whole number from {low} to {high}; it is '{value}'.")
        return default

    def one_of(self, name: str, default: _Word, allowed: Sequence[_Word]) -> _Word:
        value = self.given(name) or default
        for word in allowed:
            if word == value:
                return word
        self.wrong.append(f"{name} must be {' or '.join(allowed)}; it is '{value}'.")
        return default

    def moment(self, name: str) -> datetime | None:
        value = self.given(name)
        if not value:
            return None
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.wrong.append(f"{name} must be a moment like 2026-12-24T10:00; it is '{value}'.")
            return None

    def certificates(self, name: str) -> Path | None:
        value = self.given(name)
        if not value:
            return None
        import ssl  # rarely needed, and large

        try:
            ssl.create_default_context(cafile=value)
        except OSError:
            self.wrong.append(f"{name} must be a file with certificates in PEM; '{value}' is none.")
        return Path(value)

    def database(self) -> Path:
        value = self.given("OPAS_DATABASE") or "sqlite:///opas.db"
        if not value.startswith("sqlite:///") or len(value) == len("sqlite:///"):
            self.wrong.append(f"OPAS_DATABASE must be like sqlite:///opas.db; it is '{value}'.")
            return Path("opas.db")
        return Path(value.removeprefix("sqlite:///"))

    def staff(self) -> dict[int, Role]:
        found: dict[int, Role] = {}
        for entry in filter(None, (part.strip() for part in self.env.get("OPAS_STAFF", "").split(","))):
            number, _, said = entry.partition(":")
            role: Role | None = next((role for role in get_args(Role) if role == said), None)
            if not _TELEGRAM_ID.fullmatch(number) or role is None:
                self.wrong.append(f"OPAS_STAFF: '{entry}' must be like 12345:admin (or counsellor, translator).")
            else:
                found[int(number)] = role
        return found
