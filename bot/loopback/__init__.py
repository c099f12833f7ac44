"""Telegram in a nutshell: a Bot API server on loopback with people to talk to, and a phone in the browser."""

from bot.loopback.chats import Chat, Message
from bot.loopback.people import Person, Toast
from bot.loopback.server import LoopbackServer
from bot.loopback.world import Call, World

__all__ = ["Call", "Chat", "LoopbackServer", "Message", "Person", "Toast", "World"]
