"""Telegram's HTML: what it makes of markup, and what it refuses."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.loopback.html import HtmlRefused, parse_html, utf16_length
from bot.loopback.refusal import Refusal
from bot.loopback.wording import cleaned, worded


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("b", "bold"), ("strong", "bold"), ("i", "italic"), ("em", "italic"), ("u", "underline"),
        ("ins", "underline"), ("s", "strikethrough"), ("strike", "strikethrough"), ("del", "strikethrough"),
        ("code", "code"), ("pre", "pre"), ("blockquote", "blockquote"), ("tg-spoiler", "spoiler"),
    ],
)  # fmt: skip
def test_each_tag_becomes_its_entity(tag, kind):
    assert parse_html(f"a <{tag}>bc</{tag.upper()}> d") == ("a bc d", [entity(kind, 2, 2)])


def test_a_link_keeps_its_address():
    text, entities = parse_html('<a href="https://KELA.fi?a=1&amp;b=2">Kela</a>')
    assert (text, entities) == ("Kela", [entity("text_link", 0, 4, url="https://kela.fi/?a=1&b=2")])


def test_a_link_that_is_none_leaves_only_its_words():
    assert parse_html('<a href="nowhere">Kela</a>') == ("Kela", [])


def test_a_spoiler_may_be_a_span():
    assert parse_html('<span class="tg-spoiler">x</span>') == ("x", [entity("spoiler", 0, 1)])


def test_a_quotation_may_be_expandable():
    assert parse_html("<blockquote expandable>x</blockquote>") == (
        "x",
        [entity("expandable_blockquote", 0, 1)],
    )


def test_code_in_pre_is_one_entity_with_its_language():
    text, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert (text, entities) == ("x", [entity("pre", 0, 1, language="python")])


def test_offsets_count_utf16_units():
    assert parse_html("🎉<b>🎉a</b>")[1] == [entity("bold", 2, 3)]


def test_outer_entities_come_first():
    text, entities = parse_html("<i><b>ab</b>c</i>")
    assert (text, [found["type"] for found in entities]) == ("abc", ["italic", "bold"])


def test_an_empty_tag_leaves_nothing():
    assert parse_html("a<b></b>") == ("a", [])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;&gt;&amp;&quot;", '<>&"'),
        ("&#65;&#x41;", "AA"),
        ("Q&A & B", "Q&A & B"),
        ("&nbsp;&copy;&unknown;", "&nbsp;&copy;&unknown;"),
        ("&amp;lt;", "&lt;"),
        ("&lt", "<"),
        ("&#0;", "&#0;"),
        ("1 > 0", "1 > 0"),
    ],
)
def test_only_four_named_characters_are_known(source, text):
    assert parse_html(source) == (text, [])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("ä<", "Unclosed start tag at byte offset 2"),
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("<script>alert(1)</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b class>x</b>", 'Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)  # fmt: skip
def test_what_telegram_cannot_parse_is_refused_in_its_words(source, complaint):
    with pytest.raises(HtmlRefused) as refused:
        parse_html(source)
    assert str(refused.value) == complaint


@given(st.text())
def test_escaped_text_always_comes_back_unchanged(text):
    assert parse_html(html.escape(text)) == (text, [])
    assert parse_html(html.escape(text, quote=False)) == (text, [])


@given(st.text(), st.sampled_from(["b", "i", "code", "pre", "blockquote"]))
def test_an_entity_spans_exactly_the_text_in_its_tag(text, tag):
    found = parse_html(f"🎉<{tag}>{html.escape(text)}</{tag}>!")
    spans = [(span["offset"], span["length"]) for span in found[1]]
    assert found[0] == f"🎉{text}!"
    assert spans == ([(2, utf16_length(text))] if text else [])


@given(st.text(alphabet="<>&/=\"' abi;#x1", max_size=40))
def test_any_markup_is_parsed_or_refused_but_never_breaks_the_server(source):
    try:
        text, entities = parse_html(source)
    except HtmlRefused:
        return
    assert all(0 <= span["offset"] < span["offset"] + span["length"] <= len(text) for span in entities)


def test_spaces_around_a_text_go_away_and_entities_move_along():
    assert cleaned("\n  hei \n", [entity("bold", 3, 4)]) == ("hei", [entity("bold", 0, 3)])


def test_old_direction_marks_vanish_and_isolates_stay():
    assert cleaned("\u202bא\u2067b\u2069\u202c", [entity("bold", 1, 1)])[0] == "א\u2067b\u2069"


@pytest.mark.parametrize("blank", [" ", "\n\n", "\u200f", "\u2800\ufeff"])
def test_an_invisible_text_is_refused(blank):
    with pytest.raises(Refusal, match="text must be non-empty"):
        cleaned(blank, [])


def test_links_commands_and_numbers_are_found_by_themselves():
    text, found = worded("/start kela.fi, a@b.fi #koti @opas_bot +358 29 123 4567", "", None, limit=4096)
    kinds = {span["type"]: text[span["offset"] : span["offset"] + span["length"]] for span in found}
    assert kinds == {
        "bot_command": "/start", "url": "kela.fi", "email": "a@b.fi", "hashtag": "#koti", "mention": "@opas_bot",
        "phone_number": "+358 29 123 4567",
    }  # fmt: skip


def test_nothing_is_found_inside_code_and_links():
    assert [span["type"] for span in worded("<code>kela.fi</code>", "HTML", None, limit=9)[1]] == ["code"]
