"""What is stored of an update: enough to answer, nothing that tells who somebody is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Update
from telegram.ext import filters

from bot.redaction import MASK, redact
from bot.reduction import reduce_update
from bot.reduction.placeholders import ATTACHMENTS

PERSON = {
    "id": 7_000_000_001,
    "is_bot": False,
    "first_name": "SECRET",
    "last_name": "SECRET",
    "username": "SECRET",
    "language_code": "ar",
}
CHAT = {"id": 7_000_000_001, "type": "private", "first_name": "SECRET", "username": "SECRET"}
GROUP = {"id": -100_200, "type": "supergroup", "title": "SECRET", "username": "SECRET"}


def message(**fields):
    return {"message_id": 5, "date": 1_790_000_000, "chat": CHAT, "from": PERSON, **fields}


def reduced(update):
    received = reduce_update(update, redact)
    assert "SECRET" not in received.body
    return received, Update.de_json(json.loads(received.body), bot=None)


def test_a_text_arrives_redacted_and_without_a_name():
    received, update = reduced({"update_id": 3, "message": message(text="Olen 131052-308T, missä Kela?")})
    assert (received.update_id, received.chat_id, received.chat_type) == (3, 7_000_000_001, "private")
    assert received.kind == "message"
    assert update.message.text == f"Olen {MASK * 11}, missä Kela?"
    assert update.effective_user.first_name == "-"
    assert update.effective_user.language_code == "ar"
    assert update.effective_chat.type == "private"
    assert update.api_kwargs == {"opas": {"removed": ["identity-code"]}}


def test_a_text_with_nothing_to_remove_says_nothing_of_it():
    assert "opas" not in json.loads(reduced({"update_id": 3, "message": message(text="Kela?")})[0].body)


def test_an_edited_message_keeps_its_date():
    edited = {"update_id": 3, "edited_message": message(text="uusi", edit_date=1_790_000_050)}
    received, update = reduced(edited)
    assert received.kind == "edited_message"
    assert update.edited_message.edit_date.timestamp() == 1_790_000_050


def test_commands_and_mentions_keep_their_place_and_other_entities_go():
    text = "🙂 /start@opas_bot @opas_bot matti@x.fi SECRETlink"
    entities = [
        {"type": "bot_command", "offset": 3, "length": 15},
        {"type": "mention", "offset": 19, "length": 9},
        {"type": "text_link", "offset": 40, "length": 4, "url": "https://SECRET"},
        {"type": "text_mention", "offset": 40, "length": 4, "user": PERSON},
        {"type": "mention", "offset": 30, "length": 4000},
        {"type": "mention", "offset": "x"},
        None,
    ]
    sent = message(text=text.replace("SECRET", ""), entities=entities)
    _, update = reduced({"update_id": 3, "message": sent})
    assert update.message.parse_entities() == {
        update.message.entities[0]: "/start@opas_bot",
        update.message.entities[1]: "@opas_bot",
    }
    assert filters.COMMAND.check_update(
        reduced(
            {
                "update_id": 3,
                "message": message(text="/start x", entities=[{"type": "bot_command", "offset": 0, "length": 6}]),
            }
        )[1]
    )


def test_a_caption_is_redacted_and_the_album_known():
    sent = message(caption="+358 40 1234567", photo=[{"file_id": "SECRET"}], media_group_id="99")
    _, update = reduced({"update_id": 3, "message": sent})
    assert update.message.caption == MASK * 15
    assert update.message.photo[0].file_id == "-"
    assert update.message.media_group_id == "99"


def test_an_answered_message_keeps_number_and_author_only():
    answered = {
        "message_id": 4,
        "date": 1_790_000_000,
        "chat": GROUP,
        "from": {**PERSON, "is_bot": True},
        "text": "SECRET",
    }
    _, update = reduced({"update_id": 3, "message": message(text="x", chat=GROUP, reply_to_message=answered)})
    assert update.message.reply_to_message.message_id == 4
    assert update.message.reply_to_message.from_user.is_bot
    assert update.message.chat.title is None


def test_a_group_that_moves_tells_where_to():
    _, update = reduced({"update_id": 3, "message": message(chat=GROUP, migrate_to_chat_id=-100_300)})
    assert update.message.migrate_to_chat_id == -100_300


# python-telegram-bot warns about a type of tomorrow whenever it parses this field.
@pytest.mark.filterwarnings("ignore:.*message_auto_delete_time")
@pytest.mark.parametrize("field", sorted(ATTACHMENTS))
def test_an_attachment_is_known_by_its_kind_alone(field):
    given_object = {"SECRET": "SECRET", "phone_number": "SECRET", "file_name": "SECRET"}
    received, update = reduced({"update_id": 3, "message": message(**{field: given_object})})
    assert received.kind == "message"
    assert getattr(update.message, field) is not None


def test_filters_see_what_was_sent():
    seen = {
        "photo": filters.PHOTO,
        "sticker": filters.Sticker.ALL,
        "voice": filters.VOICE,
        "video_note": filters.VIDEO_NOTE,
        "document": filters.Document.ALL,
        "contact": filters.CONTACT,
        "location": filters.LOCATION,
        "venue": filters.VENUE,
        "poll": filters.POLL,
        "dice": filters.Dice.ALL,
        "new_chat_members": filters.StatusUpdate.NEW_CHAT_MEMBERS,
        "pinned_message": filters.StatusUpdate.PINNED_MESSAGE,
    }
    for field, wanted in seen.items():
        assert wanted.check_update(reduced({"update_id": 3, "message": message(**{field: {}})})[1]), field


def test_a_pressed_button_keeps_its_code():
    query = {
        "id": "77",
        "from": PERSON,
        "chat_instance": "-5",
        "data": "v1:need:rent-home",
        "message": message(text="SECRET", reply_markup={"SECRET": 1}),
    }
    received, update = reduced({"update_id": 3, "callback_query": query})
    assert (received.kind, received.chat_id) == ("callback_query", 7_000_000_001)
    assert update.callback_query.data == "v1:need:rent-home"
    assert update.callback_query.message.message_id == 5


def test_a_pressed_button_of_a_message_out_of_reach_is_no_fault():
    query = {
        "id": "77",
        "from": PERSON,
        "chat_instance": "-5",
        "data": "x",
        "message": {"message_id": 5, "date": 0, "chat": CHAT},
    }
    received, update = reduced({"update_id": 3, "callback_query": query})
    assert received.chat_id == 7_000_000_001
    assert not update.callback_query.message.is_accessible
    del query["message"]
    assert reduced({"update_id": 3, "callback_query": query})[0].chat_id is None


def test_other_updates_leave_their_number_only():
    for field, kind in (
        ("inline_query", "inline"),
        ("chosen_inline_result", "inline"),
        ("poll_answer", "other"),
        ("my_chat_member", "other"),
        ("tomorrow", "other"),
    ):
        received, update = reduced({"update_id": 3, field: {"from": PERSON, "query": "SECRET"}})
        assert (received.kind, received.chat_id) == (kind, None)
        assert received.body == '{"update_id":3}'
        assert update.update_id == 3


DEEP: list = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        5,
        "x",
        {},
        {"update_id": "3"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 2**70},
    ],
)
def test_what_has_no_number_is_malformed(broken):
    received = reduce_update(broken, redact)
    assert (received.kind, received.update_id, received.body) == ("malformed", None, "{}")


@pytest.mark.parametrize(
    "part",
    [
        None,
        [],
        "x",
        {},
        DEEP,
        message(chat=None),
        message(chat={"id": 1}),
        message(chat={"id": 2**70, "type": "private"}),
        message(message_id="5"),
        message(date=None),
        message(date=2**50),
        message(**{"from": []}),
        message(reply_to_message={"message_id": 1}),
    ],
)
def test_a_broken_message_is_malformed_and_keeps_its_number(part):
    received, update = reduced({"update_id": 3, "message": part})
    assert (received.kind, received.update_id) == ("malformed", 3)
    assert update.message is None


def test_half_a_surrogate_pair_can_be_stored():
    received, update = reduced({"update_id": 3, "message": message(text="a\ud83db")})
    received.body.encode()
    assert update.message.text == "a\ufffdb"


wild = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def mangled(draw):
    """An update as Telegram sends it, with some of its values replaced by anything."""
    query = {"id": "7", "from": PERSON, "chat_instance": "1", "data": "x", "message": message(text="hei")}
    whole = draw(
        st.sampled_from(
            [
                {
                    "update_id": 3,
                    "message": message(text="hei", entities=[{"type": "mention", "offset": 0, "length": 2}]),
                },
                {"update_id": 3, "edited_message": message(caption="hei", edit_date=5, media_group_id="5")},
                {"update_id": 3, "message": message(reply_to_message=message(), migrate_to_chat_id=4)},
                {"update_id": 3, "callback_query": query},
            ]
        )
    )

    def mangle(value):
        if draw(st.integers(0, 9)) == 0:
            return draw(wild)
        if isinstance(value, dict):
            return {key: mangle(inner) for key, inner in value.items()}
        return [mangle(inner) for inner in value] if isinstance(value, list) else value

    return mangle(whole)


@settings(max_examples=400)
@given(
    st.one_of(
        wild,
        mangled(),
        st.dictionaries(
            st.sampled_from(["update_id", "message", "callback_query", "inline_query"]),
            st.one_of(wild, st.integers(0, 9)),
        ),
    )
)
def test_any_json_is_reduced_to_what_the_parser_accepts(raw):
    received = reduce_update(raw, redact)
    received.body.encode()
    if received.update_id is not None:
        assert Update.de_json(json.loads(received.body), bot=None).update_id == received.update_id
    assert reduce_update(json.loads(received.body), redact).body in (
        received.body,
        received.body.split(',"opas')[0] + "}",
    )


def pressed(data):
    query = {"id": "7", "from": PERSON, "chat_instance": "1", "data": data, "message": message(text="hei")}
    return reduced({"update_id": 3, "callback_query": query})[1].callback_query.data


@pytest.mark.parametrize(
    "data",
    [
        "v1:menu",
        "v1:need:rent-home",
        "v1:wrong:answer:12",
        "v1:drop:0a1b2c3d4e5f6071",
        "v1:forget",
        "s1:drop:7:not-ours",
    ],
)
def test_what_a_button_of_ours_carries_comes_back_as_it_was(data):
    assert pressed(data) == data


@pytest.mark.parametrize(
    "data",
    [
        "my name is SECRET", "v1:need:SECRET", "v1:need:0401234567", "v1:write:4111111111111111",
        "v1:drop:fi2112345600000785", "v1:need:131052-308t", "x" * 65,
    ],
)  # fmt: skip
def test_forged_data_of_a_button_is_not_kept(data):
    assert pressed(data) is None
