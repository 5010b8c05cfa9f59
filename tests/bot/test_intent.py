"""What a message is, besides a question."""

import pytest

from bot.conversation import intent
from bot.conversation.message import Option

OPTIONS = (Option("pick:A:T25", "Hộ nghèo có thẻ BHYT không?"), Option("none:A", "Không phải các ý trên"))


@pytest.mark.parametrize(
    "text",
    [
        "chào ad ạ",
        "Cảm ơn bạn nhiều nhé!",
        "ok",
        "dạ vâng",
        "alo",
        "có ai ở đó không",
        "cam on",
        "Thanks ad",
        "bạn là ai",
        "bạn là người hay máy",
        "alo có ai không",
        "rứa à",
        "không có gì nữa",
        "chào cán bộ",
        "👍",
    ],
)
def test_small_talk_opens_no_question(text: str) -> None:
    assert intent.is_small_talk(text) or intent.says_yes(text) or intent.asks_who(text)


@pytest.mark.parametrize(
    "text",
    [
        "lương công ty có tính không",
        "bà ơi con mất sổ hộ nghèo rồi xin lại ở đâu ạ",
        "chào ad, hộ nghèo có thẻ bảo hiểm không ạ",
        "chuẩn nghèo",
        "xin nghèo",
        "cảm ơn nhưng tôi hỏi tiền điện cơ",
    ],
)
def test_a_greeting_with_a_question_is_a_question(text: str) -> None:
    assert not intent.is_small_talk(text)
    assert not intent.says_yes(text)
    assert not intent.is_thanks(text)
    assert not intent.is_greeting(text)


@pytest.mark.parametrize("text", ["😂😂😂", "hhhhhhhhh", "???", "", "qwrt zxcv"])
def test_unreadable(text: str) -> None:
    assert intent.is_unreadable(text)


@pytest.mark.parametrize("text", ["hộ nghèo", "ho ngheo", "thẻ bhyt bị sai tên"])
def test_readable(text: str) -> None:
    assert not intent.is_unreadable(text)


@pytest.mark.parametrize("text", ["rõ rồi", "Ro roi a", "đúng rồi", "ok", "cảm ơn", "dạ", "vâng ạ", "hiểu rồi"])
def test_yes(text: str) -> None:
    assert intent.says_yes(text)


@pytest.mark.parametrize(
    "text", ["chưa", "chưa rõ", "không đúng", "chua ro lam", "không phải", "chưa ạ", "vẫn chưa hiểu"]
)
def test_no(text: str) -> None:
    assert intent.says_no(text)


@pytest.mark.parametrize(
    "text", ["chuẩn nghèo", "chưa có sổ hộ nghèo thì vay được bao nhiêu", "không có sổ đỏ thì vay được không"]
)
def test_a_new_question_is_no_no(text: str) -> None:
    assert not intent.says_no(text)


@pytest.mark.parametrize(
    "text",
    [
        "gặp cán bộ",
        "cho tôi gặp cán bộ",
        "gap can bo di",
        "/canbo",
        "nói chuyện với người thật",
        "tôi muốn gặp người thật",
        "kết nối cán bộ xã giúp em với ạ",
    ],
)
def test_the_wish_for_an_officer(text: str) -> None:
    assert intent.command(text) == "officer"


@pytest.mark.parametrize("text", ["/dung", "/DỪNG", "dừng nhắn tin", "dừng", "ngừng nhận thông báo", "đừng nhắn nữa"])
def test_stop(text: str) -> None:
    assert intent.command(text) == "stop"


@pytest.mark.parametrize("text", ["XEM K7MP-42QX", "xem k7mp42qx", "K7MP 42QX", "/xem K7MP-42QX"])
def test_a_code_in_any_spelling(text: str) -> None:
    assert intent.wanted_reference(text) == "K7MP-42QX"


@pytest.mark.parametrize("text", ["xem hộ tôi với", "hộ nghèo", "12345678"])
def test_no_code(text: str) -> None:
    assert intent.wanted_reference(text) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("1", OPTIONS[0]),
        ("số 2 nhé", OPTIONS[1]),
        ("ho ngheo co the bhyt khong", OPTIONS[0]),
        ("không phải", OPTIONS[1]),
        ("khac", OPTIONS[1]),
        ("3", None),
        ("ý thứ nhất", OPTIONS[0]),
        ("cái đầu tiên", OPTIONS[0]),
        ("hai", OPTIONS[1]),
        ("cái hộ nghèo ấy", OPTIONS[0]),
        ("đúng rồi", OPTIONS[0]),
        ("cảm ơn", None),
        ("chưa", OPTIONS[1]),
        ("không đúng trường hợp tôi", OPTIONS[1]),
        ("hộ cận nghèo thì sao", None),
    ],
)
def test_choices_by_number_or_words(text: str, option: Option | None) -> None:
    assert intent.chosen(text, OPTIONS) == option


@pytest.mark.parametrize(
    "text",
    [
        "xã Tân Lập",
        "phuong 5",
        "Tân Lập",
        "thôn 3 xã Yên Bình",
        "dạ em ở Sa Pa ạ",
        "Con Cuông",
        "phường Sao Đỏ",
        "Hoàng Su Phì, Hà Giang",
        "thôn 3 xã Ea Kao thành phố Buôn Ma Thuột tỉnh Đắk Lắk",
    ],
)
def test_communes(text: str) -> None:
    assert intent.looks_like_commune(text)


@pytest.mark.parametrize(
    "text",
    [
        "bao giờ trả lời",
        "tôi có 5 người con đang đi học ở trường xã bên",
        "?",
        "nhà tôi nghèo lắm",
        "cảm ơn",
        "đúng rồi",
        "tôi muốn hỏi",
        "ở đây",
        "12",
    ],
)
def test_no_communes(text: str) -> None:
    assert not intent.looks_like_commune(text)


def test_the_place_without_the_words_around_it() -> None:
    assert intent.place_of("dạ em ở Sa Pa ạ") == "Sa Pa"
    assert intent.place_of("Hồng Lạc") == "Hồng Lạc"


@pytest.mark.parametrize("text", ["bỏ qua", "bo qua", "không", "không biết", "thôi khỏi"])
def test_the_commune_is_left_out(text: str) -> None:
    assert intent.skips(text)


@pytest.mark.parametrize("text", ["nộp ở đâu", "can giay to gi", "lãi suất thì sao ạ", "thế bao lâu thì được?"])
def test_a_question_about_what_was_said_before(text: str) -> None:
    assert intent.follows_up(text)


@pytest.mark.parametrize("text", ["vay vốn ở đâu", "hộ nghèo được gì", "chưa đủ tuổi thì sao", "nhận tiền"])
def test_a_question_with_a_subject_of_its_own(text: str) -> None:
    assert not intent.follows_up(text)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Nhà tôi 5 người, có 2 sào ruộng", False),
        ("nhà tôi không có ruộng", False),
        ("mẹ tôi đau ốm", False),
        ("bị đau thì đi đâu", True),
        ("nha toi co duoc xet khong", True),
        ("hộ cận nghèo được không ạ", True),
    ],
)
def test_what_asks_and_what_tells(text: str, asked: bool) -> None:
    assert intent.asks(text) == asked


@pytest.mark.parametrize("text", ["xem", "XEM abc", "xem mã", "XEM 53PC-WC7"])
def test_a_look_up_without_a_code(text: str) -> None:
    assert intent.wants_to_look_up(text)
    assert not intent.wants_to_look_up("xem hộ tôi với")


@pytest.mark.parametrize(
    "text", ["mấy giờ làm việc", "địa chỉ ủy ban xã ở đâu", "so dien thoai can bo", "thứ bảy có làm việc không"]
)
def test_where_and_when_the_office_is(text: str) -> None:
    assert intent.asks_contact(text)


def test_several_questions_in_one_message() -> None:
    text = "Hộ nghèo có thẻ bảo hiểm không? Tiền điện được bao nhiêu?"
    assert intent.parts(text) == ("Hộ nghèo có thẻ bảo hiểm không?", "Tiền điện được bao nhiêu?")
    assert intent.parts("Nhà tôi nghèo lắm. Có ba con. Vay vốn thì làm ở đâu?") == ()


@pytest.mark.parametrize(
    "text",
    [
        "nói dễ hiểu hơn",
        "Noi de hieu hon di",
        "nói đơn giản hơn được không ạ",
        "khó hiểu quá, giải thích lại đơn giản hơn nhé",
        "giải thích cho bác dễ hiểu hơn với",
        "nói nôm na cho tôi",
        "dễ hiểu hơn",
        "Say it more simply",
        "please explain it in simple words",
    ],
)
def test_wants_it_in_plain_words(text: str) -> None:
    assert intent.wants_simpler(text)


@pytest.mark.parametrize(
    "text",
    [
        "dễ hiểu rồi",
        "giải thích dễ hiểu quá",
        "giải thích dễ hiểu quá, cảm ơn",
        "thủ tục đơn giản hơn không",
        "nói chuyện với cán bộ",
        "thẻ bảo hiểm y tế nói đơn giản là gì",
        "giải thích",
        "",
    ],
)
def test_wants_no_plain_words(text: str) -> None:
    assert not intent.wants_simpler(text)
