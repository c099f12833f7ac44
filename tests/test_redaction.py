"""What must not be kept does not survive, in whatever script or spacing; what people need to say does."""

from __future__ import annotations

import unicodedata

import phonenumbers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.redaction import MASK, redact
from bot.redaction.iban import LENGTHS

CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SCRIPTS = [
    "0123456789",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "０１２３４５６７８９",
    "०१२३४५६७८९",
    "০১২৩৪৫৬৭৮৯",
    "๐๑๒๓๔๕๖๗๘๙",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "〇一二三四五六七八九",
]
HIDDEN = ["", "", "", "\u200b", "\u200f", "\u202a", "\u2066", "\ufeff", "\u00ad", "\u2060"]
GAPS = ["", " ", "\u00a0", "\u202f", "  "]
SENTENCES = [
    "",
    "Numeroni on ",
    "мой номер ",
    "رقمي ",
    "我的号码是",
    "numarkayga waa ",
    "เบอร์ของฉัน ",
    "🙂",
    "hetu:",
]

fast = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@st.composite
def disguised(draw: st.DrawFn, plain: st.SearchStrategy[str], gaps: tuple[str, ...] = tuple(GAPS)) -> str:
    """The same characters, with digits of some script, with invisible characters and blanks between them."""
    digits = draw(st.sampled_from(SCRIPTS))
    gap = draw(st.sampled_from(gaps))
    hidden = draw(st.sampled_from(HIDDEN))
    every = draw(st.integers(1, 5))
    pieces = []
    for place, char in enumerate(draw(plain)):
        if place and place % every == 0:
            pieces.append(gap + hidden)
        pieces.append(digits[int(char)] if char.isdigit() else char)
    return "".join(pieces)


@st.composite
def identity_codes(draw: st.DrawFn) -> str:
    day, month, year = draw(st.integers(1, 31)), draw(st.integers(1, 12)), draw(st.integers(0, 99))
    number = draw(st.integers(2, 999))
    nine = f"{day:02}{month:02}{year:02}{number:03}"
    check = draw(st.one_of(st.just(CHECK[int(nine) % 31]), st.sampled_from(CHECK)))
    return f"{nine[:6]}{draw(st.sampled_from('-+−–ABCDEFUVWXYabcdefuvwxy'))}{nine[6:]}{check}"


@st.composite
def ibans(draw: st.DrawFn, wrong: bool = False) -> str:
    country = draw(st.sampled_from(sorted(LENGTHS)))
    length = LENGTHS[country] - 4
    bank = draw(st.text("ABCDEFGHJKLMNPQRSTUVWXYZ", max_size=4 if length >= 15 else 0))
    account = bank + "".join(
        draw(st.lists(st.sampled_from("0123456789"), min_size=length - len(bank), max_size=length - len(bank)))
    )
    rest = int("".join(str(int(char, 36)) for char in account + country + "00")) % 97
    check = (98 - rest + (1 if wrong else 0)) % 100
    return f"{country}{check:02}{account}"


def finnish_phones() -> st.SearchStrategy[str]:
    number = st.from_regex(r"(?:4[0-9]|50|1[3-9]|2[0-9]|5[1-6]|6|8|9|20|10|29|800|600)[0-9]{6,7}", fullmatch=True)
    return st.tuples(st.sampled_from(["0", "+358", "00358", "+358(0)"]), number).map("".join)


def foreign_phones() -> st.SearchStrategy[str]:
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    shapes = (
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
        phonenumbers.PhoneNumberFormat.RFC3966,
    )
    written = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in kinds:
            number = phonenumbers.example_number_for_type(region, kind)
            if number:
                written += [phonenumbers.format_number(number, shape) for shape in shapes]
    return st.sampled_from([text for text in written if sum(map(str.isdigit, text)) >= 7])


def visible(text: str) -> str:
    """Digits and letters that are left, as ASCII where they stand for ASCII."""
    return "".join(str(unicodedata.digit(char)) if unicodedata.digit(char, None) is not None else char for char in text)


def assert_gone(before: str, secret: str, after: str) -> None:
    text = before + secret + after
    result = redact(text).text
    assert utf16(result) == utf16(text)
    units = result.encode("utf-16-le", "surrogatepass")
    there = units[2 * utf16(before) : 2 * utf16(before + secret)].decode("utf-16-le", "surrogatepass")
    assert not any(char.isdigit() for char in visible(there)), there
    assert redact(result).text == result


@pytest.mark.parametrize(
    "text",
    [
        "1.3.2026",
        "01.03.2026",
        "2026-03-01",
        "klo 10-12",
        "70100 Kuopio",
        "112",
        "116117",
        "bus 31",
        "540 e",
        "1 200,50 €",
        "vuonna 2026",
        "2 + 3 + 4",
        "12 345,50 €",
        "1.3.2026-31.3.2026 klo 10:00-12:00",
        "ma 8.00 - 16.15",
        "2024-2026",
        "laki 1386/2010",
        "ma-pe 9-12 13-16",
        "21.11.-23.11.",
        "1.-31.3.2026",
        "Puijonkatu 31\n70100 Kuopio",
        "Puijonkatu 31, 70100 Kuopio",
        "/start@opas_bot moi",
        "@opas_bot moi",
        "2026-03-01T10:00:00",
        "5 kg @ 10 €",
        "1,000,000 €",
        "Kela?",
        "",
        "在2026年3月1日",
        "٢٠٢٦/٣/١",
        "10:30 12:45 14:00",
    ],
)
def test_what_people_need_to_say_stays(text):
    assert redact(text) == redact(text)
    assert redact(text).text == text
    assert redact(text).kinds == frozenset()


@pytest.mark.parametrize(
    ("text", "left", "kind"),
    [
        ("131052-308T", "", "identity-code"),
        ("131052A308T", "", "identity-code"),
        ("010101A123N", "", "identity-code"),
        ("010594Y9032", "", "identity-code"),
        ("131052-308X", "", "identity-code"),
        ("131052 – 308 T kiitos", " kiitos", "identity-code"),
        ("1 3 1 0 5 2 - 3 0 8 T", "", "identity-code"),
        ("131052А308Т", "", "identity-code"),
        ("FI21 1234 5600 0007 85", "", "iban"),
        ("fi2112345600000785x", "x", "iban"),
        ("FI21 1234 5600 0007 86", "", "iban"),
        ("GB29 NWBK 6016 1331 9268 19 ok", " ok", "iban"),
        ("IR06 2960 0000 0010 0324 2000 01", "", "iban"),
        ("soita 040 123 4567!", "soita !", "phone"),
        ("+358 (0)40 1234567", "", "phone"),
        ("٠٤٠١٢٣٤٥٦٧", "", "phone"),
        ("+358 40\n1234567", "", "phone"),
        ("4111 1111 1111 1111", "", "card"),
        ("4111 1111 1111 1111 12/28 123", "", "card"),
        ("asiakasnumero 12345678", "asiakasnumero ", "number"),
        ("我的邮箱是abc@x.com谢谢", "我的邮箱是谢谢", "email"),
        ("mätti.meikäläinen@x.fi, ok", ", ok", "email"),
        ("matti (at) gmail.com", "", "email"),
        ("matti @ gmail.com", "", "email"),
        ("matti@gmail", "", "email"),
        ("почта@пример.рф сегодня", " сегодня", "email"),
        ("t.me/matti kysyy", " kysyy", "handle"),
        ("https://t.me/matti?start=1", "", "handle"),
        ("@matti_m kysyy", " kysyy", "handle"),
        ("tg://user?id=77", "", "handle"),
    ],
)
def test_what_must_not_be_kept_is_masked(text, left, kind):
    result = redact(text)
    assert result.text.replace(MASK, "") == left
    assert result.kinds == {kind}
    assert utf16(result.text) == utf16(text)


KEPT = frozenset({"35817182111", "017182111", "116117", "112"})


@pytest.mark.parametrize(
    "text",
    [
        "017 182 111",
        "+358 17 182 111",
        "+358 (0)17 182111",
        "00358 17 182 111",
        "017-182-111",
        "٠١٧١٨٢١١١",
        "soita 112 116117",
        "017 182 111 10-12",
    ],
)
def test_a_catalogue_phone_stays(text):
    assert redact(text, KEPT).text == text


def test_a_catalogue_phone_beside_another_number_stays_alone():
    assert redact("017 182 111, 040 123 4567", KEPT).text.rstrip(MASK) == "017 182 111, "
    assert redact("017 182 111 040 123 4567", KEPT).text.rstrip(MASK) == "017 182 111 "


def test_a_short_catalogue_number_does_not_save_the_number_around_it():
    assert redact("040 116117", KEPT).kinds == {"phone"}
    assert not any(char.isdigit() for char in redact("0401 112 345", KEPT).text)


def test_a_catalogue_number_is_not_the_end_of_somebody_elses():
    assert not any(char.isdigit() for char in redact("040 1234567", frozenset({"1234567"})).text)


def test_a_number_of_any_length_raises_nothing():
    assert redact("1" * 9999).text == MASK * 9999


def test_a_mask_is_one_utf16_unit_for_each_of_the_original():
    assert redact("𝟎𝟒𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕").text == MASK * 20


@fast
@given(disguised(identity_codes()), st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_no_identity_code_survives(code, before, after):
    assert_gone(before, code, after)
    assert redact(f"{before}{code} ").kinds


@fast
@given(disguised(ibans()), st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_no_iban_survives(iban, before, after):
    assert_gone(before, iban, after)


@fast
@given(ibans(wrong=True), st.sampled_from(SENTENCES))
def test_no_iban_with_a_typing_error_survives(iban, before):
    assert_gone(before + " ", iban, "")


@fast
@given(
    disguised(st.one_of(finnish_phones(), foreign_phones()), (*GAPS, "-", ".")),
    st.sampled_from(SENTENCES),
    st.sampled_from(SENTENCES),
)
def test_no_phone_number_survives(phone, before, after):
    assert_gone(before, phone, after)


@fast
@given(disguised(st.emails(), ("",)), st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_no_email_survives(address, before, after):
    masked = redact(before + address + after)
    local = address.split("@")[0]
    assert "@" not in masked.text
    assert "email" in masked.kinds
    assert len(local) < 3 or local not in masked.text


messy = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.text(st.characters(categories=["Cs", "Nd", "No", "Cf", "Zs", "Mn"]), max_size=6),
        st.sampled_from(["@", ".", "-", "+", "(0)", "t.me/", "FI", "bot", "\n", " ", "FI21 1234 5600 0007 85", "/"]),
        st.text("0123456789 .-/@aA", max_size=20),
        identity_codes(),
        finnish_phones(),
        st.emails(),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400)
@given(messy)
def test_any_text_keeps_its_length_and_a_second_look_finds_nothing(text):
    once = redact(text)
    assert utf16(once.text) == utf16(text)
    assert redact(once.text) == type(once)(once.text, frozenset())
    assert bool(once.kinds) == (once.text != text)
    assert all(new in (old, MASK) for new, old in zip(once.text, text, strict=False)) or len(once.text) > len(text)
