"""Commands that write, asked of the server that holds a SQLite store: one JSON line there, one JSON line back.

The server listens on a Unix socket that only its own account may open; where it is, is written in the store's folder
(`SOCKET_RECORD`), for the socket itself may have to be elsewhere: its address holds about a hundred bytes.
"""

import json
import os
import socket
import struct
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge_base.errors import Unavailable

SOCKET_RECORD = "server.socket"
LONGEST_REQUEST = 1024 * 1024  # bytes
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it was typed: its arguments, where, and what was given on stdin."""

    arguments: list[str]
    folder: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command did: its exit code and what it printed."""

    code: int
    stdout: str
    stderr: str


def to_line(message: Request | Answer) -> bytes:
    """One line of JSON; whatever is in the words, no line feed is."""
    return json.dumps(asdict(message), ensure_ascii=True).encode() + b"\n"


def read_request(line: bytes) -> Request:
    """The request in a line.

    Raises:
        ValueError, KeyError, TypeError: it has another form.
    """
    found = json.loads(line)
    arguments, folder, typed = found["arguments"], found["folder"], found["typed"]
    if not (isinstance(folder, str) and isinstance(typed, str) and all(isinstance(word, str) for word in arguments)):
        raise TypeError
    return Request(list(arguments), folder, typed)


def ask_server(store_folder: Path, request: Request) -> Answer | None:
    """Have the server that holds the store carry out a command; None when none takes commands there.

    Raises:
        Unavailable: `server_gone`, when it went away before it answered: whether it was done must be looked at.
    """
    try:
        place = (store_folder / SOCKET_RECORD).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_CONNECT_SECONDS)
        try:
            connection.connect(place)
        except OSError:
            return None
        if peer_account(connection) not in _trusted(store_folder):
            raise Unavailable("server_foreign", place=place)
        connection.settimeout(_ANSWER_SECONDS)
        try:
            connection.sendall(to_line(request))
            with connection.makefile("rb") as lines:
                return Answer(**json.loads(lines.readline()))
        except (OSError, ValueError, TypeError) as error:
            raise Unavailable("server_gone") from error


def _trusted(store_folder: Path) -> set[int]:
    """Accounts that may hold the store: ours, root's, that of the folder's owner. Passwords are sent to no other."""
    return {os.geteuid(), 0, store_folder.stat().st_uid}


def peer_account(connection: socket.socket) -> int:
    """The account (uid) of the process at the other end, as the kernel knows it."""
    form = struct.Struct("3i")  # pid, uid, gid: struct ucred, unix(7)
    _pid, uid, _gid = form.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size))
    return int(uid)
