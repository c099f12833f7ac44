"""Every Bot API method this server knows, by name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.loopback import sending
from bot.loopback.params import Params
from bot.loopback.profile import Scope, scope_of
from bot.loopback.refusal import Json, Refusal, bad_request
from bot.loopback.world import Call, World

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
_SECRET = re.compile("[A-Za-z0-9_-]{0,256}")
_SET_WEBHOOK_PAUSE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Described:
    """A result that comes with a sentence, as those of the webhook methods do."""

    result: object
    description: str


async def call_method(world: World, method: str, params: Params) -> Json:
    """Carries out one call and records it; returns the body of the answer. Nothing is raised on purpose."""
    call = Call(method, params.recorded(), world.clock())
    world.calls.append(call)
    try:
        body = await _answer(world, method, params)
        call.code, call.result = 200, body["result"]
    except Refusal as refusal:
        body = refusal.body()
        call.code, call.result = refusal.code, refusal.description
    if world.latency_s:
        await asyncio.sleep(world.latency_s / 2)
    call.took_s = world.clock() - call.at
    return body


async def _answer(world: World, method: str, params: Params) -> Json:
    if world.latency_s:
        await asyncio.sleep(world.latency_s / 2)
    failure = world.failure_for(method)
    if failure is not None and not failure.performed:
        raise failure.refusal
    known = _METHODS.get(method.lower())
    if known is None:
        raise Refusal(404, "Not Found: method not found")
    result = known(world, params)
    if isinstance(result, Awaitable):
        result = await result
    if failure is not None:
        raise failure.refusal
    if isinstance(result, Described):
        return {"ok": True, "result": result.result, "description": result.description}
    return {"ok": True, "result": result}


def _get_me(world: World, _: Params) -> Json:
    return {
        **world.bot_user(), "can_join_groups": True, "can_read_all_group_messages": not world.privacy_mode,
        "supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


async def _get_updates(world: World, params: Params) -> list[object]:
    number, limit, timeout_s = params.number("offset"), params.number("limit", 100), params.number("timeout")
    return await world.updates.poll(number, limit, timeout_s, _kinds(params))


def _kinds(params: Params) -> list[str] | None:
    kinds = params.nested("allowed_updates")
    return [str(kind) for kind in kinds] if isinstance(kinds, list) else None


def _set_webhook(world: World, params: Params) -> Described:
    updates, url = world.updates, params.text("url")
    if not url:
        return _delete_webhook(world, params)
    earlier = [call.at for call in world.calls_of("setWebhook") if call.code == 200]
    if world.limit_set_webhook and earlier and world.clock() - earlier[-1] < _SET_WEBHOOK_PAUSE_S:
        raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
    if not re.match("https?://[^/]", url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(params.text("secret_token")):
        raise bad_request("secret token contains unallowed characters")
    updates.allow(_kinds(params))
    if params.flag("drop_pending_updates"):
        updates.pending.clear()
    updates.stop_polling("Conflict: terminated by setWebhook request")
    same = url == updates.webhook.url
    connections = min(max(params.number("max_connections", 40), 1), 100)
    updates.webhook.on_answer = lambda answer: call_method(world, str(answer.pop("method")), Params(answer))
    updates.webhook.set(url, params.text("secret_token"), connections)
    return Described(True, "Webhook is already set" if same else "Webhook was set")


def _delete_webhook(world: World, params: Params) -> Described:
    was_set = bool(world.updates.webhook.url)
    world.updates.webhook.clear()
    if params.flag("drop_pending_updates"):
        world.updates.pending.clear()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


def _get_webhook_info(world: World, _: Params) -> Json:
    webhook = world.updates.webhook
    info: Json = {"url": webhook.url, "has_custom_certificate": False}
    info["pending_update_count"] = len(world.updates.pending)
    if webhook.url:
        info["max_connections"] = webhook.max_connections
    if webhook.url and webhook.last_error:
        info["last_error_date"], info["last_error_message"] = webhook.last_error
    if world.updates.allowed is not None:
        info["allowed_updates"] = world.updates.allowed
    return info


def _scope(world: World, params: Params) -> Scope:
    scope = scope_of(params.nested("scope"))
    if scope[0] in ("chat", "chat_administrators", "chat_member") and world.chat(scope[1]) is None:
        raise bad_request("chat not found")
    return scope


def _set_my_commands(world: World, params: Params) -> bool:
    world.profile.set_commands(params.nested("commands"), _scope(world, params), params.text("language_code"))
    _tell_all(world)
    return True


def _get_my_commands(world: World, params: Params) -> list[Json]:
    return world.profile.commands(_scope(world, params), params.text("language_code"))


def _delete_my_commands(world: World, params: Params) -> bool:
    world.profile.set_commands([], _scope(world, params), params.text("language_code"))
    _tell_all(world)
    return True


def _setter(field: str) -> Callable[[World, Params], object]:
    def set_text(world: World, params: Params) -> bool:
        world.profile.set_text(field, params.text("language_code"), params.text(field))
        _tell_all(world)
        return True

    return set_text


def _getter(field: str) -> Callable[[World, Params], object]:
    return lambda world, params: {field: world.profile.text(field, params.text("language_code"))}


def _tell_all(world: World) -> None:
    """Phones that look on show the new name and commands."""
    for person in world.people.values():
        person.chat.tell({"event": "profile"})


def _set_chat_menu_button(world: World, params: Params) -> bool:
    chat_id = sending.known_chat(world, params).id if params.text("chat_id") else 0
    world.profile.set_menu(chat_id, params.nested("menu_button") or {"type": "default"})
    return True


def _get_chat_menu_button(world: World, params: Params) -> Json:
    return world.profile.menu(sending.known_chat(world, params).id if params.text("chat_id") else 0)


def _get_chat(world: World, params: Params) -> Json:
    chat = sending.known_chat(world, params)
    gifts = dict.fromkeys(_GIFTS, False)
    return {**chat.as_chat(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def _get_file(world: World, params: Params) -> Json:
    file_id = params.text("file_id")
    if file_id not in world.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    size = len(world.files[file_id].data)
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size, "file_path": file_id}


_METHODS: Mapping[str, Callable[[World, Params], object]] = {
    name.lower(): method
    for name, method in {
        "getMe": _get_me,
        "getUpdates": _get_updates,
        "setWebhook": _set_webhook,
        "deleteWebhook": _delete_webhook,
        "getWebhookInfo": _get_webhook_info,
        "sendMessage": sending.send_message,
        "sendVenue": sending.send_venue,
        "sendLocation": sending.send_location,
        "sendContact": sending.send_contact,
        "sendDocument": sending.send_document,
        "sendChatAction": sending.send_chat_action,
        "editMessageText": sending.edit_message_text,
        "editMessageReplyMarkup": sending.edit_message_reply_markup,
        "deleteMessage": sending.delete_message,
        "deleteMessages": sending.delete_messages,
        "answerCallbackQuery": sending.answer_callback_query,
        "setMyCommands": _set_my_commands,
        "getMyCommands": _get_my_commands,
        "deleteMyCommands": _delete_my_commands,
        "setMyName": _setter("name"),
        "getMyName": _getter("name"),
        "setMyDescription": _setter("description"),
        "getMyDescription": _getter("description"),
        "setMyShortDescription": _setter("short_description"),
        "getMyShortDescription": _getter("short_description"),
        "setChatMenuButton": _set_chat_menu_button,
        "getChatMenuButton": _get_chat_menu_button,
        "getChat": _get_chat,
        "getFile": _get_file,
    }.items()
}
