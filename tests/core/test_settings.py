"""Settings: every wrong value at once and by name; secrets from files, never repeated; all documented."""

import ipaddress
import re
import stat
from pathlib import Path

import pytest

from knowledge_base.settings import SECRETS, Settings, SettingsError, read_settings, secret_key

ROOT = Path(__file__).parents[2]
TOKEN = "123456:a-token-that-nobody-may-read"
LONG = "x" * 40


def faults_of(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as wrong:
        read_settings(environment)
    return wrong.value.faults


def test_defaults_need_nothing() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.answer_due_working_days) == ("127.0.0.1", 8080, 5)
    assert settings.database == "sqlite:///var/store.sqlite3"
    assert settings.site == "http://127.0.0.1:8080"
    assert (settings.https, settings.telegram_token, settings.trusted_proxies) == (False, "", ())


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "HOST": "0.0.0.0",  # noqa: S104 - an operator's choice, read only
            "PORT": "9000",
            "DATA_DIR": str(tmp_path),
            "PUBLIC_URL": "https://hoidap.example.vn/",
            "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "SALUTATION": "bà con",
            "TELEGRAM_MODE": "webhook",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": "abc-DEF_1",
            "PATH": "/usr/bin",  # what isn't ours is nobody's business
        }
    )
    assert settings.database == f"sqlite:///{tmp_path}/store.sqlite3"
    assert (settings.site, settings.https) == ("https://hoidap.example.vn", True)
    assert settings.trusted_proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))


def test_every_wrong_value_is_reported_at_once_and_by_name() -> None:
    wrong = {
        "HOST": "",
        "PORT": "99999",
        "DATABASE_URL": "mysql://somebody:hunter2@db/x",
        "SECRET_KEY": "short-secret",
        "PUBLIC_URL": "hoidap.example.vn",
        "TRUSTED_PROXIES": "somewhere",
        "LOG_LEVEL": "LOUD",
        "UNIT_NAME": "",
        "ANSWER_DUE_WORKING_DAYS": "0",
        "SALUTATION": "",
        "RETENTION_MONTHS": "never",
        "TELEGRAM_TOKEN": "no-digits-before:hunter2",
        "TELEGRAM_BASE_URL": "ftp://x",
        "TELEGRAM_MODE": "carrier-pigeon",
        "TELEGRAM_WEBHOOK_SECRET": "with blanks",
    }
    faults = faults_of(**wrong)
    assert [fault.partition(":")[0] for fault in faults if fault.partition(":")[0] not in wrong] == []
    assert {fault.partition(":")[0] for fault in faults} == set(wrong)
    assert len(faults) == len(wrong)
    assert all(": expected " in fault for fault in faults)
    for secret in ("hunter2", "short-secret", "with blanks"):
        assert not any(secret in fault for fault in faults)
    assert "PORT: expected a port number from 1 to 65535, got '99999'" in faults


def test_what_belongs_together_is_checked_together(tmp_path: Path) -> None:
    assert faults_of(TELEGRAM_MODE="webhook", TELEGRAM_TOKEN=TOKEN) == [
        "TELEGRAM_WEBHOOK_SECRET: expected with TELEGRAM_MODE=webhook"
    ]
    assert faults_of(DATABASE_URL="sqlite://") == ["DATABASE_URL: expected a file with sqlite:///, not memory"]
    file = tmp_path / "key"
    file.write_text(LONG)
    assert faults_of(SECRET_KEY=LONG, SECRET_KEY_FILE=str(file)) == [
        "SECRET_KEY_FILE: expected only one of SECRET_KEY and SECRET_KEY_FILE"
    ]


def test_a_wrong_file_and_a_wrong_value_are_reported_together(tmp_path: Path) -> None:
    faults = faults_of(SECRET_KEY_FILE=str(tmp_path / "missing"), PORT="x")
    assert [fault.partition(":")[0] for fault in faults] == ["SECRET_KEY_FILE", "PORT"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", LONG),
        ("DATABASE_URL", "postgresql://user:hunter2@127.0.0.1/x"),
        ("TELEGRAM_TOKEN", TOKEN),
        ("TELEGRAM_WEBHOOK_SECRET", "s3cret"),
    ],
)
def test_secrets_come_from_files_too_and_are_never_shown(tmp_path: Path, name: str, value: str) -> None:
    assert name in SECRETS
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    settings = read_settings({f"{name}_FILE": str(file)})
    assert getattr(settings, name.lower()) == value
    assert value not in repr(settings)
    assert value not in str(settings)


def test_only_secrets_have_files(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("9999")
    assert read_settings({"PORT_FILE": str(file)}).port == 8080


def test_the_key_is_made_once_for_the_owners_eyes_only(tmp_path: Path) -> None:
    settings = read_settings({"DATA_DIR": str(tmp_path / "var")})
    key = secret_key(settings)
    assert len(key) >= 32
    assert secret_key(settings) == key
    file = tmp_path / "var" / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret_key(read_settings({"SECRET_KEY": LONG, "DATA_DIR": str(tmp_path / "none")})) == LONG
    assert not (tmp_path / "none").exists()


def test_a_key_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        secret_key(read_settings({"DATA_DIR": str(tmp_path)}))


def test_settings_cannot_change_while_the_process_runs() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings({}).port = 1  # type: ignore[misc]


def test_the_operators_guide_names_every_setting() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", guide))
    assert {name.upper() for name in Settings.model_fields} - told == set()
    assert "_FILE" in guide


def test_every_setting_says_what_is_expected() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
