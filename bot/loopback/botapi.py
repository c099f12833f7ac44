"""The Bot API on loopback: what tests, benchmarks and the browser phone use."""

from __future__ import annotations

from bot.loopback.chats import Chat, Message
from bot.loopback.people import Person, Toast
from bot.loopback.refusal import Refusal
from bot.loopback.server import LoopbackServer, bot_api_app, bot_api_routes
from bot.loopback.world import Call, World

__all__ = [
    "Call",
    "Chat",
    "LoopbackServer",
    "Message",
    "Person",
    "Refusal",
    "Toast",
    "World",
    "bot_api_app",
    "bot_api_routes",
]
