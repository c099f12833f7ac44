"""Which buttons Telegram takes under a message."""

from __future__ import annotations

from bot.loopback.links import checked_link
from bot.loopback.refusal import Json, bad_request

_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
_MOST_BUTTONS = 100
_CALLBACK_BYTES = 64
_OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")


def checked_markup(markup: object) -> Json | None:
    """The inline keyboard as Telegram stores it; None when there is none (or only a reply keyboard).

    Raises a Refusal for what Telegram refuses: a button without exactly one action, callback_data over 64 bytes,
    a link that is none, more than 100 buttons.
    """
    if markup is None or markup == {}:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if any(name in markup for name in _OTHER_MARKUPS):
            return None
        raise bad_request("object expected as reply markup")
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    checked: list[list[Json]] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request("can't parse inline keyboard row: InlineKeyboardButton must be an Array")
        if row:
            checked.append([_checked_button(button) for button in row])
    if sum(len(row) for row in checked) > _MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def _checked_button(button: object) -> Json:
    if not isinstance(button, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _unparsed('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _unparsed('Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("REPLY_MARKUP_INVALID")
    actions = [name for name in _ACTIONS if button.get(name) is not None and button[name] != ""]
    # Looking for an empty inline query is an action too.
    actions += [name for name in ("switch_inline_query", "switch_inline_query_current_chat") if button.get(name) == ""]
    if not actions:
        raise _unparsed("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        # Telegram's own server takes one of the two silently; the reference forbids it, so this one complains.
        raise _unparsed("Exactly one action must be used")
    [action] = actions
    value = button[action]
    button = {name: button[name] for name in ("text", "style", action) if name in button}
    match action:
        case "callback_data":
            if not isinstance(value, str) or len(value.encode()) > _CALLBACK_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            button["url"] = _link(value, "inline keyboard button URL")
        case "web_app":
            address = value.get("url", "") if isinstance(value, dict) else ""
            button["web_app"] = {"url": _link(address, "inline keyboard button Web App URL", https_only=True)}
        case "copy_text":
            text = value.get("text", "") if isinstance(value, dict) else ""
            if not 0 < len(text) <= 256:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "callback_game" | "pay":
            raise bad_request("BUTTON_TYPE_INVALID")
        case _:  # the others are taken as they are
            pass
    return button


def _link(value: object, what: str, *, https_only: bool = False) -> str:
    try:
        return checked_link(str(value), https_only=https_only)
    except ValueError as reason:
        raise bad_request(f"{what} '{value}' is invalid: {reason}") from None


def _unparsed(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")
