"""Starting, stopping, and the command line beside a running server."""

import json
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.desk import Desk
from tests.journeys.served import LIVE, ROOT, Served, within

SURE = "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?"
LINE = "Chuẩn nghèo hiện nay là bao nhiêu tiền một người một tháng?"


def failed(served: Served, **settings: str) -> tuple[int, list[str]]:
    """Start with wrong settings: the exit code and what was said."""
    environment = {**served.environment, **settings}
    done = subprocess.run(
        [sys.executable, "-m", "processes.standalone"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


# --- starting and stopping ------------------------------------------------------------------------


def test_the_first_start_prints_addresses_and_passwords_the_second_none(served: Served) -> None:
    for path in ("/", "/chat", "/admin/", "/healthz"):
        assert f"{served.url}{path}" in served.stdout
        assert served.get(path, follow_redirects=True).status_code == 200
    assert {role: name for role, (name, _password) in served.passwords.items()} == {
        "administrator": "quantri",
        "officer": "canbo",
        "editor": "bientap",
    }
    passwords = [password for _name, password in served.passwords.values()]
    assert len(set(passwords)) == 3
    store = served.data_dir / "store.sqlite3"
    assert store.exists()
    assert stat.S_IMODE((served.data_dir / "secret_key").stat().st_mode) == 0o600
    assert served.stop() == 0
    kept = b"".join(path.read_bytes() for path in served.data_dir.rglob("*") if path.is_file())
    assert not any(password.encode() in kept for password in passwords)
    assert not any(password in served.stderr for password in passwords)
    served.start()
    assert served.passwords == {}
    assert served.url in served.stdout


def test_every_wrong_setting_is_named_at_once(make_served: Any, tmp_path: Path) -> None:
    served = make_served(tmp_path / "data")
    wrong = {"PORT": "0", "DATABASE_URL": "mysql://x", "PUBLIC_URL": "x", "TELEGRAM_TOKEN": "secret-word"}
    code, lines = failed(served, **wrong)
    assert code == 2
    assert sorted(line.partition(":")[0] for line in lines) == sorted(wrong)
    assert "secret-word" not in "\n".join(lines)
    assert not served.data_dir.exists()


def test_a_port_in_use_is_said_in_a_word_and_no_password_is_lost(make_served: Any, tmp_path: Path) -> None:
    served = make_served(tmp_path / "data")
    with socket.create_server(("127.0.0.1", served.port)):
        served.launch()
        assert served.process
        assert served.process.wait(60) == 2
    assert "PORT" in served.stderr.splitlines()[-1]
    assert "Traceback" not in served.stderr
    # The accounts were made in this start: their passwords were printed, though it failed.
    name, password = served.passwords["officer"]
    served.start()
    assert served.passwords == {}
    with Desk(served.url) as desk:
        assert desk.sign_in(name, password).url.path == "/admin/password"
    served.kill()


def test_a_database_out_of_reach_is_said_in_a_word(make_served: Any, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"postgresql://somebody:hunter2@127.0.0.1:{probe.getsockname()[1]}/none"
        code, lines = failed(make_served(tmp_path / "data"), DATABASE_URL=url)
    assert code == 2
    assert not any("Traceback" in line or "hunter2" in line for line in lines)


def test_content_that_is_wrong_stops_the_start_with_its_place(make_served: Any, tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "entries").mkdir(parents=True)
    (content / "entries" / "X1.yaml").write_text("key: X1\nkind: nonsense\n", encoding="utf-8")
    code, lines = failed(make_served(tmp_path / "data"), CONTENT_DIR=str(content))
    assert code == 2
    assert any(re.match(r".*X1\.yaml:\d+:kind: ", line) for line in lines)


def test_it_stops_within_ten_seconds_while_pages_wait(served: Served) -> None:
    session = served.say("chào bạn")["session"]
    last = served.later(session)[-1]["id"]
    answers: list[Any] = []
    waiting = threading.Thread(target=lambda: answers.append(served.later(session, last, wait=25)))
    waiting.start()
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.sendall(b"POST /chat/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")  # never ends
        time.sleep(0.3)
        began = time.monotonic()
        assert served.stop(15) == 0
        assert time.monotonic() - began < 10
    waiting.join(5)
    assert answers == [[]]  # the page that waited got an answer, not a cut connection
    assert "Traceback" not in served.stderr
    served.launch()  # Ctrl-C while it is still starting
    assert served.process
    time.sleep(0.3)
    served.process.send_signal(signal.SIGINT)
    served.process.wait(15)


def test_postgresql_serves_the_same(make_served: Any, tmp_path: Path, postgresql_url: str) -> None:
    served = make_served(tmp_path / "data", DATABASE_URL=postgresql_url)
    served.start()
    try:
        assert set(served.passwords) == {"administrator", "officer", "editor"}
        assert not (served.data_dir / "store.sqlite3").exists()
        assert served.say(SURE)["replies"][0]["entry"] == "T25"
        assert served.say("cách đăng ký nuôi voi trong nhà")["replies"][0]["decision"] == "unknown"
        assert served.get("/").status_code == 200
        assert json.loads(served.run_cli("ledger").stdout)["total"] == 2
        served.restart()
        assert json.loads(served.run_cli("ledger").stdout)["total"] == 2
        assert served.stop() == 0
    finally:
        served.kill()


# --- the command line beside a server -------------------------------------------------------------


def test_an_account_added_while_serving_can_sign_in_at_once(served: Served) -> None:
    name, password = "can.bo.thu", "mat khau rat dai 42"
    arguments = ("staff", "add", "--username", name, "--role", "officer", "--password-stdin")
    done = served.run_cli(*arguments, text=f"{password}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert password not in done.stdout
    with Desk(served.url) as desk:
        assert desk.sign_in(name, "sai mat khau").status_code == 401
        assert desk.sign_in(name, password).url.path == "/admin/"
        again = served.run_cli(*arguments, text=f"{password}\n")
        assert (again.returncode, "already" in again.stderr) == (2, True)
        reset = served.run_cli("staff", "reset", "--username", name)
        one_time = reset.stdout.rpartition(" ")[2].strip()
        assert desk.open("/admin/").url.path == "/admin/sign-in"  # signed out at once
        assert desk.sign_in(name, one_time).url.path == "/admin/password"
        assert served.run_cli("staff", "disable", "--username", name).returncode == 0
        assert desk.open("/admin/").url.path == "/admin/sign-in"
        assert desk.sign_in(name, one_time).status_code == 401
    short = served.run_cli("staff", "add", "--username", "khac", "--password-stdin", text="123\n")
    assert (short.returncode, "12 characters" in short.stderr) == (2, True)
    nobody = served.run_cli("staff", "reset", "--username", "khong.co")
    assert nobody.returncode == 2


def test_an_import_while_serving_is_live_within_two_seconds(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "T25.yaml"
    text = (served.content_dir / "entries" / "T25.yaml").read_text(encoding="utf-8")
    file.write_text(
        re.sub(r"^short_answer: .*?(?=^\w)", "short_answer: Lời mới để thử.\n", text, flags=re.MULTILINE | re.DOTALL),
        encoding="utf-8",
    )
    dry = served.run_cli("import", str(file), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "T25" in dry.stdout
    done = served.run_cli("import", str(file))
    assert done.returncode == 0, done.stderr
    took = within(LIVE, lambda: "Lời mới để thử." in served.say(SURE)["replies"][0]["text"], "the chat")
    (page,) = set(re.findall(r"/hoi-dap/[\w-]*mien-phi[\w-]*", served.get("/tim", params={"q": SURE}).text))
    within(LIVE, lambda: "Lời mới để thử." in served.get(page).text, "the page")
    print(f"\nlive after {took:.2f} s")
    assert "0 new, 0 changed" in served.run_cli("import", str(file)).stdout
    assert served.say(SURE)["replies"][0]["entry"] == "T25"


def test_match_says_one_line_for_each(shared: Served) -> None:
    lines = [
        SURE,
        "",
        "nguoi thuoc ho ngheo co duoc cap the bao hiem y te mien phi khong",
        "   ",
        LINE,
        "🙂",
        "x" * 5000,
    ]
    done = shared.run_cli("match", text="\n".join(lines) + "\n")
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["text"] for one in said] == lines
    assert all(set(one) == {"text", "decision", "candidates", "ms"} for one in said)
    assert all(one["decision"] in ("confident", "suggest", "unknown") and one["ms"] >= 0 for one in said)
    assert [said[number]["candidates"][0]["id"] for number in (0, 2)] == ["T25", "T25"]
    assert [said[number]["decision"] for number in (0, 1, 2, 3)] == ["confident", "unknown", "confident", "unknown"]
    assert said[4]["candidates"][0]["id"] in ("T01", "T01-2027")
    assert all(0 <= found["confidence"] <= 1 for one in said for found in one["candidates"])


@pytest.mark.parametrize(("day", "key"), [("2026-12-31", "T01"), ("2027-01-01", "T01-2027")])
def test_match_looks_at_the_day(shared: Served, day: str, key: str) -> None:
    done = shared.run_cli("match", "--at", day, text=f"{LINE}\nchuẩn nghèo là bao nhiêu tiền một tháng\n")
    other = {"T01", "T01-2027"} - {key}
    for line in done.stdout.splitlines():
        found = [candidate["id"] for candidate in json.loads(line)["candidates"]]
        assert found[0] == key
        assert not other & set(found)


def test_match_needs_neither_server_nor_store_with_a_file(make_served: Any, tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    rows = [
        {"id": "a", "question": "Mấy giờ mở cửa?", "phrasings": ["khi nào mở cửa"], "answer": "8 giờ."},
        {"id": "b", "question": "Nộp đơn ở đâu?", "phrasings": ["chỗ nộp đơn"], "answer": "Bộ phận một cửa."},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    done = make_served(tmp_path / "none").run_cli("match", "--faq", str(file), text="mấy giờ mở cửa\n\n")
    assert done.returncode == 0, done.stderr
    first, blank = map(json.loads, done.stdout.splitlines())
    assert (first["candidates"][0]["id"], blank["decision"]) == ("a", "unknown")
    file.write_text('{"id": "a"\n', encoding="utf-8")
    broken = make_served(tmp_path / "none").run_cli("match", "--faq", str(file), text="x\n")
    assert (broken.returncode, broken.stdout, "Traceback" in broken.stderr) == (2, "", False)


def test_match_works_without_a_server_too(served: Served) -> None:
    served.stop()
    done = served.run_cli("match", text=f"{SURE}\n")
    assert json.loads(done.stdout)["candidates"][0]["id"] == "T25"


def test_match_on_a_folder_nobody_served_from(make_served: Any, tmp_path: Path) -> None:
    done = make_served(tmp_path / "data").run_cli("match", text="một câu\n")
    assert "Traceback" not in done.stderr
    assert (done.returncode, json.loads(done.stdout)["decision"]) == (0, "unknown"), done.stderr


def test_check_tells_without_starting(shared: Served, make_served: Any, tmp_path: Path) -> None:
    done = shared.run_cli("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "settings",
        "database",
        "content",
        "telegram",
        "zalo_oa",
        "zalo_bot",
        "sms",
    ]
    (tmp_path / "broken" / "entries").mkdir(parents=True)
    (tmp_path / "broken" / "entries" / "X.yaml").write_text("key: [", encoding="utf-8")
    wrong = make_served(tmp_path / "data", CONTENT_DIR=str(tmp_path / "broken")).run_cli("check")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    nowhere = make_served(tmp_path / "data", CONTENT_DIR=str(tmp_path / "nowhere")).run_cli("check")
    assert nowhere.returncode == 2, nowhere.stdout
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        shut = f"http://127.0.0.1:{probe.getsockname()[1]}"
        away = make_served(tmp_path / "data2", TELEGRAM_TOKEN="1:x", TELEGRAM_BASE_URL=shut).run_cli("check")
    assert away.returncode == 0
    assert "telegram: warning" in away.stdout


def test_health_tells_of_channels_but_does_not_depend_on_them(make_served: Any, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        shut = f"http://127.0.0.1:{probe.getsockname()[1]}"
        served = make_served(tmp_path / "data", TELEGRAM_TOKEN="1:not-for-logs", TELEGRAM_BASE_URL=shut).start()
        try:
            within(5, lambda: served.get("/healthz").json()["channels"] == {"web_chat": "up", "telegram": "down"})
            assert served.get("/healthz").status_code == 200
            assert served.say(SURE)["replies"][0]["decision"] == "confident"
            assert served.get("/admin/", follow_redirects=True).status_code == 200
            assert "not-for-logs" not in served.stderr
            assert served.stop() == 0
        finally:
            served.kill()


def test_what_is_nowhere_is_404(shared: Served) -> None:
    for path in ("/nowhere", "/admin/nowhere", "/chat/nowhere", "/webhooks/telegram"):
        assert shared.get(path).status_code in (404, 405), path
    assert httpx.post(f"{shared.url}/webhooks/telegram", json={}, trust_env=False).status_code == 404
