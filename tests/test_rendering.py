from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.rendering import LONGEST, render
from bot.loopback.html import parse_html
from bot.model import ContactCard, Open, Paragraph, Press, Reply

STYLES = st.sampled_from(["plain", "title", "small"])
PARAGRAPHS = st.lists(st.builds(Paragraph, st.text(max_size=300), STYLES), max_size=6)


@given(PARAGRAPHS)
def test_whatever_the_texts_hold_telegram_can_parse_them_and_shows_them_unchanged(paragraphs):
    for rendered in render(Reply("en", tuple(paragraphs))):
        text, _ = parse_html(str(rendered.body["text"]))
        assert text is not None


@given(st.integers(1, 12), STYLES)
def test_a_long_reply_is_cut_between_words_and_nothing_is_lost(pages: int, style):
    words = [f"word{number}" for number in range(pages * 400)]
    rendered = list(render(Reply("en", (Paragraph(" ".join(words), style),))))
    texts = [parse_html(str(message.body["text"]))[0] for message in rendered]
    assert all(len(text) <= LONGEST for text in texts)
    assert " ".join(" ".join(texts).split()) == " ".join(words)


def test_buttons_stand_under_the_last_message_and_the_contact_card_follows():
    buttons = ((Press("Menu", "v1:menu"), Open("Page", "https://example.org")),)
    reply = Reply("en", (Paragraph("a " * 3000), Paragraph("b")), buttons, contact=ContactCard("Help", "112"))
    *texts, card = render(reply)
    assert [("keyboard" in message.body) for message in texts] == [False] * (len(texts) - 1) + [True]
    assert (card.kind, card.body) == ("contact", {"phone_number": "112", "first_name": "Help"})


def test_a_label_that_no_phone_shows_is_shortened():
    [message] = render(Reply("en", (Paragraph("x"),), ((Press("l" * 90, "v1:menu"),),)))
    [[button]] = message.body["keyboard"]
    assert len(button["text"]) == 60


def test_lines_without_arabic_letters_begin_on_the_right_of_an_arabic_message_and_its_number_stays_alone():
    [message] = render(Reply("ar", (Paragraph("112", "title"), Paragraph("اتصل\nKompassi"))))
    assert message.body["text"] == "<b>112</b>\n\nاتصل\n\u200fKompassi"


def test_a_letter_in_another_script_keeps_its_own_direction():
    [message] = render(Reply("ar", (Paragraph("يكتب لك شخص:", "title"), Paragraph("Which one?", "covered"))))
    assert "<tg-spoiler>Which one?</tg-spoiler>" in message.body["text"]
