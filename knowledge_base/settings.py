"""Settings: read once from the environment, every wrong value reported at once, by name."""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from knowledge_base.storage.dialect import is_sqlite

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SHORTEST_SECRET = 32
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?")


class SettingsError(Exception):
    """Wrong settings, all of them: one line each, `NAME: what is expected`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name() if value else "sqlite"
    except ArgumentError as error:
        raise ValueError from error
    if backend not in ("sqlite", "postgresql"):
        raise ValueError
    return value


def _like(pattern: str) -> AfterValidator:
    """Empty, or of this form."""

    def check(value: str) -> str:
        if value and not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return AfterValidator(check)


def _root_url(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
        raise ValueError
    return value.rstrip("/")


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    """Origins as browsers write them."""
    origins = tuple(one.lower().rstrip("/") for one in value)
    if origins != ("*",) and not all(_ORIGIN.fullmatch(one) for one in origins):
        raise ValueError
    return origins


def _long_secret(value: str) -> str:
    if value and len(value) < _SHORTEST_SECRET:
        raise ValueError
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
WebhookSecret = Annotated[str, _like("[A-Za-z0-9_-]{1,256}")]
RootUrl = Annotated[str, AfterValidator(_root_url)]


class Settings(BaseModel):
    """What an operator can set. Each field's description says what is expected; `docs/operating.md` lists all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", min_length=1, description="an address to listen on")
    port: Port = Field(8080, description="a port number from 1 to 65535")
    data_dir: Path = Field(Path("var"), description="a folder that can be written to")
    content_dir: Path = Field(Path("content"), description="the folder of the curated FAQ")
    database_url: DatabaseUrl = Field(
        "", repr=False, description="postgresql://… or sqlite:///…; empty: a file in DATA_DIR"
    )
    secret_key: Annotated[str, AfterValidator(_long_secret)] = Field(
        "", repr=False, description=f"at least {_SHORTEST_SECRET} characters; empty: made once in DATA_DIR"
    )
    public_url: RootUrl = Field("", description="http(s)://host, as residents reach it; empty: http://HOST:PORT")
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_split)] = Field(
        (), description="addresses or networks (10.0.0.0/8) of reverse proxies, separated by commas"
    )
    chat_allowed_origins: Annotated[tuple[str, ...], BeforeValidator(_split), AfterValidator(_origins)] = Field(
        (), description="origins (https://portal.example) separated by commas, or *; empty: only our own pages"
    )
    backup_key: Annotated[str, AfterValidator(_long_secret)] = Field(
        "", repr=False, description=f"at least {_SHORTEST_SECRET} characters; empty: backups only with --plain"
    )
    backup_dir: Path | None = Field(None, description="a folder that can be written to; empty: backups in DATA_DIR")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    log_format: Literal["text", "json"] = Field("text", description="text or json")

    unit_name: str = Field("Ủy ban nhân dân cấp xã", min_length=1, description="the unit's name")
    unit_contact: str = Field("", description="where residents reach the unit: address, telephone")
    unit_hours: str = Field("", description="office hours, as residents read them")
    answer_due_working_days: int = Field(5, ge=1, le=60, description="a whole number of working days from 1 to 60")
    salutation: str = Field("bạn", min_length=1, max_length=20, description="how residents are addressed")
    retention_months: int = Field(12, ge=1, le=120, description="a whole number of months from 1 to 120")
    retention_payload_days: int = Field(7, ge=1, le=365, description="a whole number of days from 1 to 365")
    retention_contact_months: int = Field(24, ge=1, le=120, description="a whole number of months from 1 to 120")
    backup_days: int = Field(365, ge=1, le=3660, description="a whole number of days from 1 to 3660")
    erasure_list: Path | None = Field(
        None, description="a file that can be written to; empty: erasures.jsonl in DATA_DIR"
    )
    consent: Literal["notice", "ask"] = Field("notice", description="notice or ask")
    review_months: int = Field(6, ge=1, le=60, description="a whole number of months from 1 to 60")
    danger_text: str = Field("", description="what the bot says to messages on danger; empty: the unit's contact")

    telegram_token: Annotated[str, _like(r"\d+:\S+")] = Field(
        "", repr=False, description="digits:text, as the platform gave it; empty: no Telegram"
    )
    telegram_bot_name: Annotated[str, _like(r"[A-Za-z][A-Za-z0-9_]{4,31}")] = Field(
        "", description="the bot's name without @, for links on posters; empty: none"
    )
    telegram_base_url: RootUrl = Field("https://api.telegram.org", description="http(s)://host of the Bot API")
    telegram_mode: Literal["polling", "webhook"] = Field("polling", description="polling or webhook")
    telegram_webhook_secret: WebhookSecret = Field(
        "", repr=False, description="1 to 256 of A-Z a-z 0-9 _ -; needed with TELEGRAM_MODE=webhook"
    )

    zalo_oa_app_id: Annotated[str, _like("[0-9]+")] = Field("", description="digits; empty: no Zalo OA")
    zalo_oa_id: Annotated[str, _like("[0-9]+")] = Field("", description="the OA's digits, for links; empty: none")
    zalo_oa_app_secret: str = Field("", repr=False, description="the app's secret, for tokens")
    zalo_oa_secret_key: str = Field("", repr=False, description="the OA secret key, for webhook signatures")
    zalo_oa_refresh_token: str = Field(
        "", repr=False, description="the first refresh token, or a new one after consent"
    )
    zalo_oa_api_url: RootUrl = Field("https://openapi.zalo.me", description="http(s)://host of the OA's API")
    zalo_oauth_url: RootUrl = Field("https://oauth.zaloapp.com", description="http(s)://host of the token service")
    zalo_oa_template_id: str = Field("", description="the id of an approved template message; empty: none is sent")
    zalo_media_hosts: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com", "zaloplatforms.com"),
        description="hosts (and all under them) that residents' files may be fetched from, separated by commas",
    )

    zalo_bot_token: str = Field("", repr=False, description="digits:text, as the platform gave it; empty: no Zalo bot")
    zalo_bot_api_url: RootUrl = Field("https://bot-api.zaloplatforms.com", description="http(s)://host of the bot API")
    zalo_bot_mode: Literal["polling", "webhook"] = Field("polling", description="polling or webhook")
    zalo_bot_webhook_secret: WebhookSecret = Field(
        "", repr=False, description="1 to 256 of A-Z a-z 0-9 _ -; needed with ZALO_BOT_MODE=webhook"
    )
    zalo_bot_messages_a_month: int = Field(3000, ge=1, description="messages a month that the bot's plan allows")
    zalo_bot_users: int = Field(50, ge=1, description="residents that the bot's plan allows")

    sms_api_url: RootUrl = Field("", description="http(s)://… that an SMS gateway takes messages at; empty: no SMS")
    sms_api_key: str = Field("", repr=False, description="the gateway's key, sent as a bearer token")
    sms_webhook_secret: WebhookSecret = Field(
        "", repr=False, description="1 to 256 of A-Z a-z 0-9 _ -; needed with SMS_API_URL"
    )
    sms_marks: Literal["keep", "strip"] = Field(
        "strip", description="keep (70 characters a message) or strip (160, without diacritics)"
    )

    officers_telegram_chat: Annotated[str, _like("-?[0-9]+")] = Field(
        "", description="the number of the officers' Telegram group, as -100123; empty: none"
    )
    officers_zalo_chat: str = Field("", description="the Zalo bot's chat with the officers; empty: none")
    officers_email: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        (), description="addresses for the daily digest, separated by commas; needs SMTP_URL"
    )
    smtp_url: Annotated[str, _like(r"smtps?://([^\s@/]+@)?[^\s@/]+/?")] = Field(
        "", repr=False, description="smtp://[user:password@]host[:port] (STARTTLS where offered) or smtps://…"
    )
    smtp_from: str = Field("", description="the digest's sender, as hoi-dap@example.vn")

    status_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0, description="a port number for a worker's status; 0: none"
    )
    send_in_doubt: Literal["resend", "quarantine"] = Field("resend", description="resend or quarantine")
    send_rate_per_s: float = Field(30.0, ge=0.1, le=1000, description="messages in a second, from 0.1 to 1000")

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'store.sqlite3'}"

    @property
    def backups(self) -> Path:
        """Where backups go."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def erasures(self) -> Path:
        """The list of who was erased, outside the store and its backups."""
        return self.erasure_list or self.data_dir / "erasures.jsonl"

    @property
    def site(self) -> str:
        """The address residents use, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def https(self) -> bool:
        """Whether residents come by https, so that cookies must be Secure."""
        return self.public_url.startswith("https://")


SECRETS = (
    "SECRET_KEY",
    "DATABASE_URL",
    "BACKUP_KEY",
    "TELEGRAM_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "ZALO_OA_APP_SECRET",
    "ZALO_OA_SECRET_KEY",
    "ZALO_OA_REFRESH_TOKEN",
    "ZALO_BOT_TOKEN",
    "ZALO_BOT_WEBHOOK_SECRET",
    "SMS_API_KEY",
    "SMS_WEBHOOK_SECRET",
    "SMTP_URL",
)


def _raw(environment: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """The values given, secrets also from the file that `NAME_FILE` names."""
    values = {name: environment[name.upper()] for name in Settings.model_fields if name.upper() in environment}
    for name in SECRETS:
        path = environment.get(f"{name}_FILE")
        if path is None:
            continue
        if name in environment:
            faults.append(f"{name}_FILE: expected only one of {name} and {name}_FILE")
            continue
        try:
            values[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{name}_FILE: expected a readable file ({error.__class__.__name__})")
    return values


def _missing(settings: Settings) -> list[str]:
    """What a channel that is switched on needs besides."""
    faults = []
    if settings.telegram_mode == "webhook" and settings.telegram_token and not settings.telegram_webhook_secret:
        faults.append("TELEGRAM_WEBHOOK_SECRET: expected with TELEGRAM_MODE=webhook")
    if settings.zalo_bot_mode == "webhook" and settings.zalo_bot_token and not settings.zalo_bot_webhook_secret:
        faults.append("ZALO_BOT_WEBHOOK_SECRET: expected with ZALO_BOT_MODE=webhook")
    if settings.zalo_oa_app_id:
        needed = ("zalo_oa_app_secret", "zalo_oa_secret_key", "zalo_oa_refresh_token")
        faults += [f"{name.upper()}: expected with ZALO_OA_APP_ID" for name in needed if not getattr(settings, name)]
    if settings.sms_api_url:
        keys = ("sms_api_key", "sms_webhook_secret")
        faults += [f"{name.upper()}: expected with SMS_API_URL" for name in keys if not getattr(settings, name)]
    if settings.officers_telegram_chat and not settings.telegram_token:
        faults.append("TELEGRAM_TOKEN: expected with OFFICERS_TELEGRAM_CHAT")
    if settings.officers_zalo_chat and not settings.zalo_bot_token:
        faults.append("ZALO_BOT_TOKEN: expected with OFFICERS_ZALO_CHAT")
    if settings.officers_email:
        needs = ("smtp_url", "smtp_from")
        faults += [f"{name.upper()}: expected with OFFICERS_EMAIL" for name in needs if not getattr(settings, name)]
    return faults


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: with one line for every wrong value; a secret's value is never repeated.
    """
    environment = os.environ if environment is None else environment
    faults: list[str] = []
    values: dict[str, Any] = dict(_raw(environment, faults))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0])
            shown = "" if name.upper() in SECRETS else f", got {values.get(name)!r}"
            line = f"{name.upper()}: expected {Settings.model_fields[name].description}{shown}"
            if line not in faults:
                faults.append(line)
        raise SettingsError(faults) from error
    faults += _missing(settings)
    if settings.database_url and is_sqlite(settings.database_url) and not make_url(settings.database_url).database:
        faults.append("DATABASE_URL: expected a file with sqlite:///, not memory")
    if faults:
        raise SettingsError(faults)
    return settings


def secret_key(settings: Settings) -> str:
    """SECRET_KEY, or the one made once in DATA_DIR (mode 0600). Creates DATA_DIR."""
    if settings.secret_key:
        return settings.secret_key
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = settings.data_dir / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_secret(path)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def _kept_secret(path: Path) -> str:
    """The key that was made before; one cut off while it was written could be guessed."""
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < _SHORTEST_SECRET:
        raise SettingsError([f"SECRET_KEY: expected at least {_SHORTEST_SECRET} characters in {path}"])
    return key
