"""Telegram in a nutshell: a Bot API server on loopback with people to talk to, and a phone in the browser."""

from bot.loopback.botapi import Call, Chat, LoopbackServer, Message, Person, Toast, World

__all__ = ["Call", "Chat", "LoopbackServer", "Message", "Person", "Toast", "World"]
