"""A file between preview and 确认导入: kept on the server under a random name that only the sender's session knows."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

SESSION_KEY = "register_import"
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Upload:
    """A kept file and the name its sender gave it."""

    path: Path
    name: str

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(session: SessionBase, content: bytes, name: str, *, now: datetime, slot: str = SESSION_KEY) -> None:
    """Keep a file for this session in place of its earlier one of the same `slot` (one for each kind of import), and
    sweep out files older than a day."""
    discard(session, slot)
    for old in folder().iterdir():
        if old.stat().st_mtime < (now - KEPT_FOR).timestamp():
            old.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    path = folder() / token
    path.touch(mode=0o600)
    path.write_bytes(content)
    session[slot] = {"token": token, "name": name}


def kept(session: SessionBase, slot: str = SESSION_KEY) -> Upload | None:
    """The session's file of the slot, None where there is none any more."""
    found = session.get(slot)
    if not found:
        return None
    path = folder() / found["token"]
    return Upload(path, found["name"]) if path.exists() else None


def discard(session: SessionBase, slot: str = SESSION_KEY) -> None:
    found = session.pop(slot, None)
    if found:
        (folder() / found["token"]).unlink(missing_ok=True)
