"""Personal data that nobody has, in the spellings people use: the other half of the finder's test.

It knows nothing of the finder's rules: it writes what residents, officers and copied papers hold. Seeded, so that the
same data come again. Numbers are of no real account; names are drawn from syllables.
"""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

STRUCTURED = (
    "phone", "citizen_id", "old_id", "health_card", "insurance", "bank_account", "plate", "email", "profile",
    "birth_date",
)  # fmt: skip
LOOSE = ("name", "address")
_SAID = "không một hai ba bốn năm sáu bảy tám chín".split()
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_TELEX_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_TELEX_MARKS = {"\u0302": "^", "\u031b": "w", "\u0306": "w"}


@dataclass(frozen=True)
class MadeUp:
    """One text with one made-up datum in it: `start` to `end`, of a kind, in a spelling that has a name."""

    kind: str
    spelling: str
    text: str
    start: int
    end: int

    @property
    def value(self) -> str:
        return self.text[self.start : self.end]


# --- spellings of a text ---------------------------------------------------------------------------


def without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def telex(text: str) -> str:
    """As the keys were pressed, with no keyboard program to compose them: the tone last."""
    return " ".join(map(_telex_word, text.split(" ")))


def _telex_word(word: str) -> str:
    keys, tone, tail = "", "", ""
    while word and not word[-1].isalnum():
        word, tail = word[:-1], word[-1] + tail
    for letter in unicodedata.normalize("NFD", word):
        if letter in _TELEX_TONES:
            tone = _TELEX_TONES[letter]
        elif letter in _TELEX_MARKS:
            keys += keys[-1].lower() if _TELEX_MARKS[letter] == "^" else "w"
        elif letter in "đĐ":
            keys += "dd" if letter == "đ" else "Dd"
        else:
            keys += letter
    return keys + tone + tail


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def as_is(text: str) -> str:
    return text


def small(text: str) -> str:
    return text.lower()


def shouted(text: str) -> str:
    return text.upper()


# --- spellings of digits ---------------------------------------------------------------------------


def _groups(rng: random.Random, digits: str, between: str) -> str:
    sizes = rng.choice([(4, 3, 3, 3, 3), (3, 3, 3, 3, 3), (4, 4, 4, 4), (2, 4, 4, 4, 4), (3, 4, 3, 4, 4)])
    parts, at = [], 0
    for size in sizes:
        if at < len(digits):
            parts.append(digits[at : at + size])
            at += size
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [parts[-2] + parts[-1]]
    return between.join(parts)


def _said(rng: random.Random, digits: str) -> str:
    words = [_SAID[int(digit)] for digit in digits]
    return " ".join(words) if rng.random() < 0.6 else " ".join(words[:4]) + ", " + " ".join(words[4:])


Digits = Callable[[random.Random, str], str]
DIGITS: dict[str, Digits] = {
    "plain": lambda _rng, digits: digits,
    "spaced": lambda rng, digits: _groups(rng, digits, " "),
    "dotted": lambda rng, digits: _groups(rng, digits, "."),
    "dashed": lambda rng, digits: _groups(rng, digits, "-"),
    "wide dashes": lambda rng, digits: _groups(rng, digits, " – "),
    "each apart": lambda _rng, digits: " ".join(digits),
    "zero width": lambda rng, digits: rng.choice("\u200b\u200d\u2060\ufeff").join(digits),
    "no-break": lambda rng, digits: _groups(rng, digits, "\u00a0"),
    "full width": lambda _rng, digits: digits.translate(_FULL_WIDTH),
    "letter o": lambda rng, digits: digits.replace("0", rng.choice("Oo")),
    "letters o, spaced": lambda rng, digits: _groups(rng, digits, " ").replace("0", "O"),
    "in words": _said,
    "in words, no marks": lambda rng, digits: without_marks(_said(rng, digits)),
    "in words, as keys": lambda rng, digits: telex(_said(rng, digits)),
}


# --- values ----------------------------------------------------------------------------------------


def _random(rng: random.Random, many: int) -> str:
    return "".join(rng.choices("0123456789", k=many))


def _phone(rng: random.Random) -> str:
    return rng.choice(["03", "05", "07", "08", "09"]) + _random(rng, 8)


def _citizen_id(rng: random.Random) -> str:
    return f"0{rng.randint(1, 96):02}" + _random(rng, 9)


def _old_id(rng: random.Random) -> str:
    return rng.choice("0123") + _random(rng, 7) + rng.choice("123456789")


def _insurance(rng: random.Random) -> str:
    return f"{rng.randint(1, 96):02}" + _random(rng, 7) + rng.choice("123456789")


def _bank_account(rng: random.Random) -> str:
    return rng.choice("123456789") + _random(rng, rng.choice([7, 9, 11, 12])) + rng.choice("123456789")


FAMILY = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Giàng Lò Thạch Triệu Vàng Sùng Đinh".split()
)
MIDDLE = "Văn Thị Thị Văn Hữu Đức Minh Ngọc Thanh Quang Xuân Thị Thu Văn A Thị Mỹ Công".split()
GIVEN = (
    "Bình Hoa Dũng Lan Hùng Tâm Phương Khánh Sơn Yến Đạt Nhung Páo Dế Mai Kiên Loan Tú Vinh Hạnh Chứ Lành Út Phấn Rin "
    "Thêu Cường Giang Xuyến Dợ"
).split()
STREETS = ["Lê Lợi", "Trần Phú", "Nguyễn Trãi", "Hai Bà Trưng", "Hoàng Văn Thụ", "Phan Đình Phùng", "Quang Trung"]
HAMLETS = ["Đoài", "Nà Lạn", "Bản Mới", "Phú Hòa", "Tân Lập", "Suối Giàng", "Trung Tâm", "Đông", "Kon Rẫy"]


def _name(rng: random.Random) -> str:
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def _address(rng: random.Random) -> str:
    number = rng.choice(
        [str(rng.randint(1, 400)), f"{rng.randint(1, 99)}/{rng.randint(1, 30)}", f"{rng.randint(1, 99)}A"]
    )
    return rng.choice(
        [
            f"số nhà {number}",
            f"số {number} đường {rng.choice(STREETS)}",
            f"{number} đường {rng.choice(STREETS)}",
            f"số nhà {number}, phố {rng.choice(STREETS)}",
            f"ngõ {rng.randint(1, 300)}",
            f"hẻm {number}",
            f"tổ {rng.randint(1, 40)}",
            f"ấp {rng.randint(1, 12)}",
            f"thôn {rng.randint(1, 20)}",
            f"tổ dân phố {rng.randint(1, 30)}",
            f"khu phố {rng.randint(1, 12)}",
            f"thôn {rng.choice(HAMLETS)}",
            f"xóm {rng.choice(HAMLETS)}",
            f"ấp {rng.choice(HAMLETS)}",
        ]
    )


# --- sentences -------------------------------------------------------------------------------------

SENTENCES = {
    "phone": [
        "Số điện thoại của tôi là {}, nhà tôi thuộc hộ nghèo có được vay không?",
        "Gọi cho tôi theo số {} nhé",
        "sđt {}",
        "Có gì báo lại {} giúp tôi. Tôi cảm ơn",
        "Zalo {} hỏi về thẻ bảo hiểm",
    ],
    "citizen_id": ["CCCD {} của tôi", "Căn cước công dân số {}, tôi hỏi về hộ nghèo", "số định danh: {}"],
    "old_id": ["CMND {} cấp đã lâu", "chứng minh nhân dân số {} thì có đổi thẻ được không?"],
    "health_card": [
        "thẻ BHYT {} bị sai tên", "Mã thẻ bảo hiểm y tế của mẹ tôi là {}, nay hết hạn", "Thẻ {} dùng tiếp được không?",
    ],
    "insurance": ["sổ BHXH {} của tôi", "mã số bảo hiểm xã hội {}, tôi đóng được ba năm"],
    "bank_account": [
        "số tài khoản {} ngân hàng Agribank",
        "STK: {}",
        "tiền trợ cấp chuyển vào tài khoản {} của con tôi được không?",
    ],
    "plate": ["xe máy biển số {} của nhà tôi", "Nhà tôi có xe {} thì còn là hộ nghèo không?", "BKS {}"],
    "email": ["gửi vào {} giúp tôi", "email của tôi: {}", "thư điện tử {} nhé"],
    "profile": ["xem {} của tôi", "nhắn qua {} giúp nhé"],
    "birth_date": ["tôi sinh ngày {}", "mẹ tôi ngày sinh {}, có được trợ cấp không?", "sinh ngày: {} tại xã"],
    "name": [
        "Tôi tên là {}, hỏi về vay vốn",
        "ông {} ở cùng xã được hỗ trợ rồi",
        "Chồng tôi là {}, mất năm ngoái",
        "Bà {} có được trợ cấp không?",
        "Họ và tên: {}",
        "cháu {} đang học lớp ba",
        "hộ chị {} chưa có thẻ",
        "Con tôi tên {} bị khuyết tật",
    ],
    "address": [
        "nhà tôi ở {}, xã Tân Phú",
        "Địa chỉ: {}, phường An Bình",
        "Tôi ở {} xã Minh Tâm, cho hỏi về nước sạch",
        "Gia đình tôi sống tại {}, huyện Mộc",
    ],
}  # fmt: skip
TEXTS: dict[str, Callable[[str], str]] = {
    "as it is": as_is, "no marks": without_marks, "decomposed": nfd, "as keys": telex, "small": small,
    "small, no marks": lambda text: without_marks(text.lower()), "shouted": shouted,
}  # fmt: skip
NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "phone": _phone, "citizen_id": _citizen_id, "old_id": _old_id, "insurance": _insurance,
    "bank_account": _bank_account,
}  # fmt: skip


def _number(rng: random.Random, kind: str) -> tuple[str, str]:
    how = rng.choice(list(DIGITS))
    digits = NUMBERS[kind](rng)
    if kind == "phone" and how not in ("in words", "in words, no marks", "in words, as keys") and rng.random() < 0.15:
        return DIGITS["spaced"](rng, f"+84{digits[1:]}"), "with +84"
    return DIGITS[how](rng, digits), how


def _health_card(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.2:
        return _insurance(rng), "new, ten digits"
    how = rng.choice([name for name in DIGITS if not name.startswith("in words")])
    letters = rng.choice(["DN", "HN", "GD", "TE", "BT", "CN", "HT"])
    return letters + rng.choice(["", " ", "-"]) + DIGITS[how](rng, rng.choice("12345") + _random(rng, 12)), how


def _plate(rng: random.Random) -> tuple[str, str]:
    province, letter = rng.randint(11, 99), rng.choice("ABCDEFGHKLMNPSTUVXYZ")
    tail, short = _random(rng, 5), _random(rng, 4)
    shapes = {
        "car": f"{province}{letter}-{tail[:3]}.{tail[3:]}",
        "car, plain": f"{province}{letter}{tail}",
        "car, spaced": f"{province} {letter} {tail[:3]} {tail[3:]}",
        "motorbike": f"{province}-{letter}{rng.randint(1, 9)} {tail[:3]}.{tail[3:]}",
        "motorbike, plain": f"{province}{letter}{rng.randint(1, 9)}-{tail}",
        "four digits": f"{province}{letter}-{short}" if short[:2] not in ("19", "20") else f"{province}{letter}-3456",
        "full width": f"{province}{letter}-{tail}".translate(_FULL_WIDTH),
        "zero width": "\u200b".join(f"{province}{letter}-{tail}"),
        "letter o": f"{province}{letter}-{tail}".replace("0", "O"),
    }
    how = rng.choice(list(shapes))
    return shapes[how], how


def _email(rng: random.Random) -> tuple[str, str]:
    local = f"{without_marks(rng.choice(GIVEN)).lower()}.{rng.choice(['thu', 'vidu', 'nhap'])}{rng.randint(1, 99)}"
    host = rng.choice(["vi-du.example", "gmail.com", "thu.edu.vn", "yahoo.com.vn"])
    shapes = {
        "plain": f"{local}@{host}",
        "spaced": f"{local} @ {host}",
        "shouted": f"{local}@{host}".upper(),
        "bracketed": f"{local}[at]{host}",
        "said": f"{local} a còng gmail chấm com",
        "zero width": "\u200b".join(f"{local}@{host}"),
        "full width @": f"{local}＠{host}",
        "spaced points": f"{local}@gmail . com",
    }
    how = rng.choice(list(shapes))
    return shapes[how], how


def _profile(rng: random.Random) -> tuple[str, str]:
    who = f"{without_marks(rng.choice(GIVEN)).lower()}.vidu.{rng.randint(1, 999)}"
    shapes = {
        "zalo": f"zalo.me/{_phone(rng)}",
        "facebook": f"facebook.com/{who}",
        "with https": f"https://www.facebook.com/{who}",
        "short": f"fb.com/{who}",
        "capital": f"Facebook.com/{who}",
        "spaced": f"zalo . me / {_phone(rng)}",
        "telegram": f"t.me/{who.replace('.', '_')}",
    }
    how = rng.choice(list(shapes))
    return shapes[how], how


def _birth_date(rng: random.Random) -> tuple[str, str]:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1930, 2024)
    shapes = {
        "slashes": f"{day:02}/{month:02}/{year}",
        "short": f"{day}/{month}/{year}",
        "dashes": f"{day}-{month}-{year}",
        "points": f"{day:02}.{month:02}.{year}",
        "words": f"{day} tháng {month} năm {year}",
        "full width": f"{day:02}/{month:02}/{year}".translate(_FULL_WIDTH),
        "blanks": f"{day:02} {month:02} {year}",
    }
    how = rng.choice(list(shapes))
    return shapes[how], how


_OTHERS = {
    "health_card": _health_card, "plate": _plate, "email": _email, "profile": _profile, "birth_date": _birth_date,
    "name": lambda rng: (_name(rng), ""), "address": lambda rng: (_address(rng), ""),
}  # fmt: skip


def made_up(rng: random.Random, kind: str) -> MadeUp:
    """One text of a kind; the sentence is spelled first and the datum put in, so that its place is known."""
    value, how = _number(rng, kind) if kind in NUMBERS else _OTHERS[kind](rng)
    which = rng.choice(list(TEXTS))
    spell = TEXTS[which]
    before, after = rng.choice(SENTENCES[kind]).split("{}")
    if kind in LOOSE or kind == "birth_date":
        value, how = spell(value), how or which
    elif which == "decomposed":
        value = nfd(value)
    before = spell(before)
    return MadeUp(kind, f"{how} / {which}", before + value + spell(after), len(before), len(before) + len(value))


def many(number: int, seed: int = 7) -> list[MadeUp]:
    """So many, the kinds in turn."""
    rng = random.Random(seed)
    kinds = STRUCTURED + LOOSE
    return [made_up(rng, kinds[at % len(kinds)]) for at in range(number)]
