"""Samples of everything but text that a person can send."""

from __future__ import annotations

from collections.abc import Callable

from bot.loopback.refusal import Json


def attachment(kind: str, sender: Json, **fields: object) -> Json:
    """The content of a message of this kind; `caption` stands beside the attachment, other fields go into it.

    ValueError for a kind there is no sample of.
    """
    sample = _SAMPLES.get(kind)
    if sample is None:
        raise ValueError(f"no sample of {kind!r}; there are {', '.join(sorted(_SAMPLES))}")
    beside: Json = {name: fields.pop(name) for name in ("caption", "media_group_id") if name in fields}
    content = sample(sender)
    sizes = content if isinstance(content, list) else [content]  # a photo is a list of sizes
    filled = [{**size, **fields} for size in sizes]
    return {kind: filled if isinstance(content, list) else filled[0], **beside}


def _file(name: str, mime_type: str = "", **fields: object) -> Json:
    known: Json = {
        "file_id": f"sample-{name}",
        "file_unique_id": f"unique-{name}",
        "file_size": 1024,
        **fields,
    }
    return {**known, "mime_type": mime_type} if mime_type else known


def _contact(sender: Json) -> Json:
    return {"phone_number": "+358000000000", "first_name": sender["first_name"], "user_id": sender["id"]}


def _poll(_: Json) -> Json:
    options = [{"text": text, "voter_count": 0, "persistent_id": text.lower()} for text in ("Yes", "No")]
    return {
        "id": "1", "question": "Is it open?", "options": options, "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
        "allows_revoting": False, "members_only": False,
    }  # fmt: skip


_SAMPLES: dict[str, Callable[[Json], Json | list[Json]]] = {
    "photo": lambda _: [
        _file("photo-small", width=90, height=60),
        _file("photo-large", width=1280, height=853),
    ],
    "sticker": lambda _: _file(
        "sticker", type="regular", width=512, height=512, is_animated=False, is_video=False, emoji="👋"
    ),
    "voice": lambda _: _file("voice", "audio/ogg", duration=3),
    "audio": lambda _: _file("audio", "audio/mpeg", duration=60),
    "video": lambda _: _file("video", "video/mp4", duration=5, width=640, height=360),
    "video_note": lambda _: _file("video-note", duration=5, length=240),
    "animation": lambda _: _file("animation", "video/mp4", duration=2, width=320, height=240),
    "document": lambda _: _file("document", "application/pdf", file_name="letter.pdf"),
    "location": lambda _: {"latitude": 0.0, "longitude": 0.0},
    "venue": lambda _: {
        "location": {"latitude": 0.0, "longitude": 0.0},
        "title": "Somewhere",
        "address": "A street",
    },
    "contact": _contact,
    "poll": _poll,
    "dice": lambda _: {"emoji": "🎲", "value": 4},
}
