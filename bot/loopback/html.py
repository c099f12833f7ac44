"""Telegram's HTML: markup into text and entities, or the reason why Telegram refuses the whole message.

Follows what Telegram's server does (read in TDLib's `parse_html`), not what a browser would do: a bare `<` is an
error, an unknown named entity stays as it was written, offsets count UTF-16 units, errors count bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.loopback.links import checked_link
from bot.loopback.refusal import Json

_KIND = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPACE = " \t\r\n\v\0"
_MARK = re.compile("[<&]")
_TAG_NAME = re.compile(rf"[^>{_SPACE}]*")
_ATTRIBUTE_NAME = re.compile(rf"[^=>{_SPACE}]*")
_BLANK = re.compile(rf"[{_SPACE}]*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_LETTERS = re.compile(r"[A-Za-z]*")
_DIGITS = re.compile(r"#(?:x([0-9A-Fa-f]*)|([0-9]*))")
_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)", re.IGNORECASE)


class HtmlRefused(ValueError):  # noqa: N818 - an answer, not a mishap
    """Telegram cannot parse this markup; the message is what it would say."""


def utf16_length(text: str) -> int:
    """How many UTF-16 units a text has: the unit in which Telegram counts offsets and lengths."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Markup in; the text without markup and its entities out, ordered as Telegram orders them.

    Raises HtmlRefused for whatever Telegram refuses.
    """
    return _Parser(source).parse()


@dataclass
class _Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int  # in UTF-16 units
    begin: int  # index into the pieces of text


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        source, at = self.source, 0
        while mark := _MARK.search(source, at):
            self._add(source[at : mark.start()])
            if mark.group() == "&":
                letter, at = _decode(source, mark.start())
                self._add(letter)
            elif source.startswith("/", mark.end()):
                at = self._end_tag(mark.start())
            else:
                at = self._start_tag(mark.start())
        self._add(source[at:])
        if self.open:
            raise HtmlRefused(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)  # a language counts only inside <pre>
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        text = "".join(self.pieces)
        if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
            raise HtmlRefused(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text, self.entities

    def _add(self, piece: str) -> None:
        if piece:
            self.pieces.append(piece)
            self.offset += utf16_length(piece)

    def _at_byte(self, index: int) -> str:
        return f"at byte offset {len(self.source[:index].encode('utf-8', 'surrogatepass'))}"

    def _start_tag(self, begin: int) -> int:
        """Reads `<tag attribute="…">` from `begin`; returns the index behind it."""
        source = self.source
        at = _skip(_TAG_NAME, source, begin + 1)
        if at == len(source):
            raise HtmlRefused(f"Unclosed start tag {self._at_byte(begin)}")
        tag = source[begin + 1 : at].lower()
        if tag not in _KIND:
            raise HtmlRefused(f'Unsupported start tag "{tag}" {self._at_byte(begin)}')
        argument = ""
        while True:
            at = _skip(_BLANK, source, at)
            if source.startswith(">", at):
                break
            name, value, at = self._attribute(tag, begin, at)
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise HtmlRefused(f'Tag "span" must have class "tg-spoiler" {self._at_byte(begin)}')
        self.open.append(_Open(tag, argument, self.offset, len(self.pieces)))
        return at + 1

    def _attribute(self, tag: str, begin: int, at: int) -> tuple[str, str, int]:
        """Reads one attribute at `at`; returns its name, its value and the index behind it."""
        source, start = self.source, at
        at = _skip(_ATTRIBUTE_NAME, source, at)
        name = source[start:at]
        if not name:
            if at == len(source):
                raise HtmlRefused(f"Unclosed start tag {self._at_byte(begin)}")
            raise HtmlRefused(f'Empty attribute name in the tag "{tag}" {self._at_byte(begin)}')
        at = _skip(_BLANK, source, at)
        if not source.startswith("=", at):
            if at == len(source):
                raise HtmlRefused(f"Unclosed start tag {self._at_byte(begin)}")
            if tag == "blockquote" and name == "expandable":
                return name, "", at
            raise HtmlRefused(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" {self._at_byte(begin)}'
            )
        at = _skip(_BLANK, source, at + 1)
        if at == len(source):
            raise HtmlRefused(f'Unclosed start tag "{tag}" {self._at_byte(begin)}')
        quote = source[at]
        if quote in "'\"":
            value, at = _quoted(source, at + 1, quote)
        else:
            start = at
            at = _skip(_TOKEN, source, at)
            value = source[start:at].lower()
            if at < len(source) and source[at] not in ">" + _SPACE:
                raise HtmlRefused(f"Unexpected end of name token {self._at_byte(start)}")
        if at >= len(source):
            raise HtmlRefused(f"Unclosed start tag {self._at_byte(begin)}")
        return name, value, at

    def _end_tag(self, begin: int) -> int:
        """Reads `</tag>` from `begin`, notes the entity; returns the index behind it."""
        source = self.source
        if not self.open:
            raise HtmlRefused(f"Unexpected end tag {self._at_byte(begin)}")
        at = _skip(_TAG_NAME, source, begin + 2)
        name = source[begin + 2 : at].lower()
        at = _skip(_BLANK, source, at)
        if not source.startswith(">", at):
            raise HtmlRefused(f"Unclosed end tag {self._at_byte(begin)}")
        opened = self.open.pop()
        if name and name != opened.tag:
            raise HtmlRefused(
                f'Unmatched end tag {self._at_byte(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self._close(opened)
        return at + 1

    def _close(self, opened: _Open) -> None:
        kind = _KIND[opened.tag]
        entity: Json = {"type": kind, "offset": opened.offset, "length": self.offset - opened.offset}
        previous = self.entities[-1] if self.entities else None
        same = previous is not None and all(previous[key] == entity[key] for key in ("offset", "length"))
        if kind == "text_link":
            url = opened.argument or "".join(self.pieces[opened.begin :])
            if user := _USER_LINK.match(url):
                entity.update(type="text_mention", user={"id": int(user[1]), "is_bot": False, "first_name": ""})
            else:
                try:
                    entity["url"] = checked_link(url)
                except ValueError:
                    return  # Telegram keeps the words and forgets the link
        elif kind == "custom_emoji":
            if not opened.argument.isdigit() or not 0 < int(opened.argument) < 2**63:
                raise HtmlRefused("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = opened.argument
        elif kind == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        elif kind == "code" and opened.argument:
            entity["language"] = opened.argument
        elif kind == "pre" and same and previous is not None and "language" in previous:
            previous["type"] = "pre"  # <pre><code class="language-…">: one entity
            return
        self.entities.append(entity)


def _skip(pattern: re.Pattern[str], source: str, at: int) -> int:
    """The index behind what a pattern that matches everywhere matches at `at`."""
    matched = pattern.match(source, at)
    return matched.end() if matched else at


def _argument(tag: str, name: str, value: str) -> str:
    """What an attribute means to Telegram; empty when it means nothing."""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "blockquote", "expandable":
            return "expandable"
        case _:
            return ""


def _quoted(source: str, at: int, quote: str) -> tuple[str, int]:
    """Reads a value up to its closing quote; returns it and the index behind the quote."""
    value: list[str] = []
    while at < len(source) and source[at] != quote:
        if source[at] == "&":
            letter, at = _decode(source, at)
        else:
            letter, at = source[at], at + 1
        value.append(letter)
    return "".join(value), at + 1


def _decode(source: str, at: int) -> tuple[str, int]:
    """Reads the character reference at `at` ("&…"); what Telegram does not know stays a plain "&"."""
    if number := _DIGITS.match(source, at + 1):
        end = number.end()
        if end - at < 10:
            code = int(number[1] or "0", 16) if number[1] is not None else int(number[2] or "0")
            if 0 < code < 0x10FFFF:
                return chr(code), end + source.startswith(";", end)
        return "&", at + 1
    end = _skip(_LETTERS, source, at + 1)
    letter = _NAMED.get(source[at + 1 : end])
    if letter is None:
        return "&", at + 1
    return letter, end + source.startswith(";", end)
