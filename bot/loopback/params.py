"""What a call carries: query string, form, JSON or multipart, read into one shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message as Header
from typing import Final
from urllib.parse import parse_qsl

from bot.loopback.refusal import Json, bad_request

_TRUE: Final = frozenset({"true", "1", "yes", "y", "t"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of one call: each a text, or whatever JSON held."""

    values: Mapping[str, object] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter as text; empty when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value) if isinstance(value, bool | dict | list) else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """The parameter as a whole number; the default when it is missing or none."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Whether the parameter says yes."""
        return self.text(name).lower() in _TRUE

    def nested(self, name: str) -> object:
        """A parameter that is JSON in JSON; None when it is missing. Refused when it cannot be read."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def fraction(self, name: str) -> float:
        """A coordinate; refused when it is missing or no number."""
        try:
            return float(self.text(name))
        except ValueError:
            raise bad_request(f"{name} is invalid" if name in self.values else f"{name} is empty") from None

    def upload(self, name: str) -> Upload | None:
        """The file sent under this name, or the one it points to by attach://."""
        return self.uploads.get(self.text(name).removeprefix("attach://")) or self.uploads.get(name)

    def recorded(self) -> Json:
        """All of it for the record, files by their names."""
        return {**self.values, **{name: upload.name for name, upload in self.uploads.items()}}


def read_params(query: bytes, content_type: str, body: bytes) -> Params:
    """The parameters of an HTTP request. Refused when its body cannot be read."""
    values: dict[str, object] = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    if not body:
        return Params(values)
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            parsed = json.loads(body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise bad_request("can't parse request JSON object")
        return Params({**values, **parsed})
    if kind == "multipart/form-data":
        fields, uploads = _multipart(content_type, body)
        return Params({**values, **fields}, uploads)
    try:
        values.update(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return Params(values)


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, object], dict[str, Upload]]:
    boundary = _header("Content-Type", content_type).get_param("boundary", header="Content-Type")
    if not isinstance(boundary, str) or not boundary:
        raise bad_request("can't parse multipart/form-data: boundary is missing")
    fields: dict[str, object] = {}
    uploads: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = Header()
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            headers[name.strip()] = value.strip()
        key = headers.get_param("name", header="Content-Disposition")
        filename = headers.get_filename()
        if not isinstance(key, str):
            continue
        if filename is None:
            fields[key] = data.decode("utf-8", "replace")
        else:
            uploads[key] = Upload(filename, headers.get_content_type(), data)
    return fields, uploads


def _header(name: str, value: str) -> Header:
    header = Header()
    header[name] = value
    return header
