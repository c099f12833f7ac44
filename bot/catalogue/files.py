"""Files of editors that a command changes: what the command does not mean to change stays, byte for byte."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path


def text_of(path: Path) -> str:
    """The text of a file, its lines ended by line feeds, without the mark that some editors put before UTF-8; "" when
    there is no such file."""
    return path.read_text(encoding="utf-8-sig") if path.exists() else ""


def put(path: Path, text: str) -> None:
    """Put ``text`` in the place of what stands in a file, with that mark and those ends of lines that it had; make the
    file if there is none. One that says the same already is not touched."""
    before = path.read_bytes() if path.exists() else b""
    if before and text_of(path) == text:
        return
    encoding = "utf-8-sig" if before.startswith(BOM_UTF8) else "utf-8"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding, newline="\r\n" if b"\r\n" in before else "\n")
