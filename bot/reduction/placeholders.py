"""The smallest objects that still tell what kind of thing was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOBODY: Final = "-"
"""Stands where Telegram demands a name or an id that must not be kept."""

_FILE: Final = {"file_id": NOBODY, "file_unique_id": NOBODY}
_PICTURE: Final = {**_FILE, "width": 0, "height": 0}
_FILM: Final = {**_PICTURE, "duration": 0}
_NOWHERE: Final = {"latitude": 0, "longitude": 0}
_SOMEBODY: Final = {"id": 0, "is_bot": False, "first_name": NOBODY}
ATTACHMENTS: Final[Mapping[str, object]] = {
    "animation": _FILM,
    "audio": {**_FILE, "duration": 0},
    "contact": {"phone_number": NOBODY, "first_name": NOBODY},
    "dice": {"value": 1, "emoji": "\U0001f3b2"},
    "document": _FILE,
    "game": {"title": NOBODY, "description": NOBODY, "photo": []},
    "location": _NOWHERE,
    "photo": [_PICTURE],
    "poll": {
        "id": NOBODY,
        "question": NOBODY,
        "options": [],
        "total_voter_count": 0,
        "is_closed": True,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    },
    "sticker": {**_PICTURE, "is_animated": False, "is_video": False, "type": "regular"},
    "story": {"chat": {"id": 0, "type": "private"}, "id": 0},
    "venue": {"location": _NOWHERE, "title": NOBODY, "address": NOBODY},
    "video": _FILM,
    "video_note": {**_FILE, "length": 0, "duration": 0},
    "voice": {**_FILE, "duration": 0},
    # Service messages: the bot must know that nobody said anything.
    "channel_chat_created": True,
    "connected_website": NOBODY,
    "delete_chat_photo": True,
    "group_chat_created": True,
    "left_chat_member": _SOMEBODY,
    "message_auto_delete_timer_changed": {"message_auto_delete_time": 0},
    "new_chat_members": [_SOMEBODY],
    "new_chat_photo": [_PICTURE],
    "new_chat_title": NOBODY,
    "pinned_message": {"message_id": 0, "date": 0, "chat": {"id": 0, "type": "private"}},
    "supergroup_chat_created": True,
    "write_access_allowed": {},
}
