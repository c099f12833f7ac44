"""Which links Telegram takes, and how it writes them afterwards."""

from __future__ import annotations

import re

_URL = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(?:([^/?#@]*)@)?([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[^\s<>\"'%:]+|\[[0-9a-f:]+\]", re.IGNORECASE)


def checked_link(link: str, *, https_only: bool = False) -> str:
    """The link as Telegram stores it (lower-case host, at least "/" as path).

    Raises ValueError with Telegram's reason when it refuses the link. A host without a dot is refused,
    so `http://localhost/` never works as a button, here as there.
    """
    link = link.strip()
    if link[:3].lower() == "tg:":
        if https_only:
            raise ValueError("Only HTTPS links are allowed")
        return "tg://" + link[3:].removeprefix("//")
    matched = _URL.fullmatch(link)
    if matched is None:
        raise ValueError("Wrong HTTP URL")
    scheme, user, place, rest = matched.groups()
    scheme = (scheme or "http").lower()
    if scheme not in ("http", "https"):
        raise ValueError("Unsupported URL protocol")
    if https_only and scheme != "https":
        raise ValueError("Only HTTPS links are allowed")
    host, port = _split_port(place)
    if not host:
        raise ValueError("URL host is empty")
    if not _HOST.fullmatch(host):
        raise ValueError("Disallowed character in URL host")
    if "." not in host and not host.startswith("["):
        raise ValueError("Wrong HTTP URL")
    rest = re.sub(r"\s", lambda space: f"%{ord(space.group()):02X}", rest)
    if not rest.startswith("/"):
        rest = "/" + rest
    return f"{scheme}://{user + '@' if user else ''}{host.lower()}{port}{rest}"


def _split_port(place: str) -> tuple[str, str]:
    """ "host:8080" into ("host", ":8080"); raises ValueError for a port that is none."""
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        return place, ""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("Wrong port number specified in the URL")
    return host, colon + port
