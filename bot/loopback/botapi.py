"""The Bot API on loopback: what tests, benchmarks and the browser phone use."""

from .chats import Chat, Message
from .people import Person, Toast
from .refusal import Refusal
from .server import LoopbackServer, bot_api_app, bot_api_routes
from .world import Call, World

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
