"""The world by remote control, for benchmarks that run the server as a process of its own; no part of the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.loopback.chats import Message
from bot.loopback.people import Person
from bot.loopback.refusal import Json
from bot.loopback.world import World

_SETTINGS = ("latency_s", "query_lifetime_s", "limit_set_webhook", "privacy_mode")


def control_routes(world: World) -> list[Route]:
    """POST /control/person, write, press, send, edit, block, unblock, update, fail, settings, clear;
    GET /control/calls?since=N, /control/messages?user_id=N, /control/state.

    POST bodies are JSON. What cannot be done is answered 400 `{"error": …}`.
    """

    def get(path: str, answer: Callable[[World, Json], Json]) -> Route:
        async def endpoint(request: Request) -> JSONResponse:
            return _answered(answer, world, dict(request.query_params))

        return Route(f"/control/{path}", endpoint, methods=["GET"])

    def post(path: str, answer: Callable[[World, Json], Json]) -> Route:
        async def endpoint(request: Request) -> JSONResponse:
            return _answered(answer, world, await request.json())

        return Route(f"/control/{path}", endpoint, methods=["POST"])

    return [
        post("person", _person),
        post("write", lambda world, wish: _said(_of(world, wish).write(wish["text"]))),
        post("press", _press),
        post("send", _send),
        post("edit", _edit),
        post("block", _block),
        post("unblock", _unblock),
        post("update", lambda world, wish: {"update_id": world.update(wish["update"])}),
        post("fail", _fail),
        post("settings", _settings),
        post("clear", _clear),
        get("calls", _calls),
        get("messages", _messages),
        get("state", _state),
    ]


def _answered(answer: Callable[[World, Json], Json], world: World, wish: Json) -> JSONResponse:
    try:
        return JSONResponse(answer(world, wish))
    except (LookupError, TypeError, ValueError) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)


def _of(world: World, wish: Json) -> Person:
    return world.people[int(wish["user_id"])]


def _said(message: Message) -> Json:
    return {"message_id": message.id}


def _person(world: World, wish: Json) -> Json:
    person = world.person(**wish)
    return {"user_id": person.id, "chat_id": person.chat.id}


def _press(world: World, wish: Json) -> Json:
    person = _of(world, wish)
    message = person.chat.messages[int(wish["message_id"])] if "message_id" in wish else None
    return {"query_id": person.press(wish["button"], message)}


def _send(world: World, wish: Json) -> Json:
    return _said(_of(world, wish).send(wish["kind"], **wish.get("fields", {})))


def _edit(world: World, wish: Json) -> Json:
    person = _of(world, wish)
    message = person.chat.messages[int(wish["message_id"])]
    person.edit(message, wish["text"])
    return _said(message)


def _block(world: World, wish: Json) -> Json:
    _of(world, wish).block()
    return {}


def _unblock(world: World, wish: Json) -> Json:
    _of(world, wish).unblock()
    return {}


def _fail(world: World, wish: Json) -> Json:
    world.fail_next(**wish)
    return {}


def _settings(world: World, wish: Json) -> Json:
    for name, value in wish.items():
        if name == "retry_scale":
            world.updates.webhook.retry_scale = float(value)
        elif name in _SETTINGS:
            setattr(world, name, value)
        else:
            raise KeyError(name)
    return {}


def _clear(world: World, _: Json) -> Json:
    world.calls.clear()
    return {}


def _calls(world: World, wish: Json) -> Json:
    since = int(wish.get("since", 0))
    return {"calls": [asdict(call) for call in world.calls[since:]], "next": len(world.calls)}


def _messages(world: World, wish: Json) -> Json:
    return {"messages": [message.seen() for message in _of(world, wish).messages]}


def _state(world: World, _: Json) -> Json:
    return {
        "pending": len(world.updates.pending),
        "handed_out": {str(number): times for number, times in world.updates.handed_out.items()},
        "webhook": world.updates.webhook.url,
        "doubles": [[chat, text, n] for (chat, text), n in world.doubles().items()],
        "people": list(world.people),
    }
