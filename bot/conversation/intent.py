"""What a message is, besides a question: a command, thanks, a yes or no, a choice, a commune."""

import re
from collections.abc import Sequence

from bot.conversation.message import Option
from knowledge_base.questions.reference import read_reference
from knowledge_base.text.fold import fold
from knowledge_base.text.syllables import is_syllable

_NOT_WORD = re.compile(r"[^a-z0-9/]+")
_POLITE = frozenset(
    (
        "a ad admin anh ban bac bot c cac chi chu co con da e em nha nhe nhen nhi oi tui toi mn moi nguoi u "
        "uh um vang xin minh shop bn hen ha nghen ak ah thua ong ba chau"
    ).split()
)
_THANKS = frozenset(
    (
        "cam on kam camon thanks thank you tks tk thks ty nhieu lam rat ok oke okie okay okela duoc roi tot "
        "qua hay hihi haha hi hello helo alo chao buoi sang trua chieu toi bye tam biet hen gap lai good "
        "morning start"
    ).split()
)
_SMALL_TALK = re.compile(
    r"(co ai (o do|day|do) (khong|ko|k|hong|hok)|ban (la ai|ten gi|la gi|khoe khong)|bot (la ai|a|ha)|"
    r"(ban|bot) lam duoc gi|giup (gi|duoc gi)|help|/help|test|thu)"
)
_WITHDRAW = re.compile(
    r"(thoi )?(toi|em|minh|tui|con|chau)?\s*(khong|ko|k|hong) (hoi|can) (nua|dau nua|gi nua)|thoi (khoi|duoc roi)"
)
_INSULT = re.compile(r"\b(ngu|dm|dmm|vcl|vl|cc|do dien|cut di|lua dao|bien di|mat day|oc cho|con cho|thang cho)\b")
_OFFICER = re.compile(
    r"/canbo|(gap|hoi|noi chuyen (voi|vs)|ket noi|chuyen( cho| toi| den| qua)?|lien he|cho( toi| em)? gap) "
    r"(voi )?(can bo|cb|nguoi that|nhan vien|tu van vien|nguoi phu trach|chuyen vien)"
    r"( di| voi| a| nha| nhe| duoc khong| ho)?"
)
_YES = re.compile(
    r"(da )?(ro|hieu|duoc|dung|phai|xong)( roi| r| rui| y| vay| ro)*( (cam on|thanks|tks)( \w+){0,3})?|"
    r"(da|vang|u|uh|ok|oke|okie|yes|dung)( a| roi| r)*|"
    r"(cam on|thanks|tks)( \w+){0,3}"
)
_NO = re.compile(
    r"(van )?(chua|khong|ko|k|hong|hok|no|sai)( ro| hieu| dung| phai| dc| duoc| thay| on)*( roi| lam| dau| a| y)*"
    r"( y)?( toi| em| minh)?|chua.{0,40}|khong (phai|dung).{0,40}|(khong|ko) (hieu|ro).{0,40}|sai roi.{0,40}"
)
_WHEN = re.compile(
    r"(bao gio|khi nao|chung nao|bao lau( nua)?|luc nao) .{0,20}(tra loi|co ket qua|rep|xong)|"
    r"(sao|co|da|van|cho).{0,20}(lau|tra loi)( qua| the| vay| chua| roi)+.{0,12}|tra loi chua.{0,12}"
)
_ASKING = re.compile(
    r"\b(khong|ko|k|hong|hok|hem|bao nhieu|bn|nhieu|may|o dau|dau|mo|nao|ntn|sao|rang|ai|gi|chi|ji|bao lau|"
    r"bao gio|lam sao|the nao|duoc k|dc k|phai khong)\b"
)
_COMMUNE = re.compile(r"(xa|phuong|thi tran|dac khu|p|x|tt|tx|huyen|thon|ap|ban|khu pho|to dan pho|toi o|o)\b[ .].+")
_LONGEST_COMMUNE = 8  # words
_CHOICE = re.compile(r"(?:so |chon |cau |y |phuong an )*(\d)(?: a| nha| nhe| di)?")
_NONE_OF_THESE = re.compile(
    r"(khong phai|ko phai|k phai|hong phai|khong co|khong cau nao|khong y nao|khac|deu khong).*|khong|ko|hong"
)


def plain(text: str) -> str:
    """Folded words, single blanks: what the patterns here are written for."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def wanted_reference(text: str) -> str | None:
    """The code in "XEM K7MP-42QX", "/xem k7mp42qx" or the code alone."""
    found = re.fullmatch(r"\s*/?(?:xem|tra|ma|view)?[\s:]*([0-9A-Za-z\s-]{8,11})\s*", text, re.IGNORECASE)
    return read_reference(found.group(1)) if found else None


def command(text: str) -> str | None:
    """Which command the message is: "start", "stop", "resume", "help", "officer", or none."""
    words = plain(text)
    if words in ("/dung", "dung nhan tin", "dung gui tin", "/stop", "stop", "huy nhan tin"):
        return "stop"
    if words in ("/tieptuc", "tiep tuc nhan tin", "/resume"):
        return "resume"
    if words.startswith("/start"):
        return "start"
    if words in ("/help", "/trogiup", "tro giup", "huong dan"):
        return "help"
    wishes = _OFFICER.fullmatch(words) or _OFFICER.fullmatch(" ".join(_bare(words)))
    return "officer" if wishes else None


def _bare(words: str) -> list[str]:
    """The words without address and politeness."""
    return [word for word in words.split() if word not in _POLITE]


def is_small_talk(text: str) -> bool:
    """Greetings, thanks, "anybody there": everything that opens no question."""
    words = plain(text)
    if not words:
        return False
    bare = _bare(words)
    return all(word in _THANKS for word in bare) or any(
        _SMALL_TALK.fullmatch(" ".join(said)) for said in (words.split(), bare)
    )


def is_withdrawal(text: str) -> bool:
    """The resident asks no longer."""
    return bool(_WITHDRAW.fullmatch(plain(text)))


def is_insult(text: str) -> bool:
    """Abuse without a question."""
    words = plain(text)
    return bool(_INSULT.search(words)) and not asks(text)


def is_unreadable(text: str) -> bool:
    """No words at all: emoji, signs, one key held down, keys hit at random."""
    words = plain(text)
    letters = words.replace(" ", "")
    if not re.search(r"[a-z]", letters) or len(set(letters)) == 1:
        return True
    return not any(is_syllable(word) for word in words.split())


def says_yes(text: str) -> bool:
    """Agreement: "rõ rồi", "đúng", "cảm ơn"."""
    words = plain(text)
    return bool(_YES.fullmatch(" ".join(_bare(words)) or words))


def says_no(text: str) -> bool:
    """Disagreement: "chưa", "không đúng", "chưa rõ lắm"; not a new question that begins like it."""
    words = plain(text)
    brief = len(words.split()) <= 4  # noqa: PLR2004 - "chưa rõ lắm ạ"
    return bool(_NO.fullmatch(words)) and (brief or not _ASKING.search(words.split(" ", 1)[1]))


def asks_when(text: str) -> bool:
    """Impatience: when will the answer come?"""
    words = plain(text)
    return bool(_WHEN.search(words)) and len(words.split()) <= 8  # noqa: PLR2004 - a longer text is a question


def is_brief(text: str) -> bool:
    """A few words, as people type into a search box."""
    return len(plain(text).split()) <= 6  # noqa: PLR2004 - "hỗ trợ tiền điện hộ nghèo"


def asks(text: str) -> bool:
    """Whether the text reads as a question."""
    return "?" in text or bool(_ASKING.search(plain(text)))


def looks_like_commune(text: str) -> bool:
    """A short text that names a place, not a question."""
    words = plain(text)
    if not words or asks(text) or len(words.split()) > _LONGEST_COMMUNE:
        return False
    return bool(_COMMUNE.fullmatch(words)) or len(words.split()) <= 4  # noqa: PLR2004 - "Tân Lập", "Yên Bình"


def chosen(text: str, options: Sequence[Option]) -> Option | None:
    """The option a typed text means: its number, its words, or "none of these" for the last."""
    words = plain(text)
    number = _CHOICE.fullmatch(words)
    if number and 1 <= int(number.group(1)) <= len(options):
        return options[int(number.group(1)) - 1]
    for option in options:
        if words and words == plain(option.label):
            return option
    if options and options[-1].id.startswith("none:") and _NONE_OF_THESE.fullmatch(words):
        return options[-1]
    return None


_PART = re.compile(r"[^?\n]+\?+|[^?\n]+")
_SHORTEST_PART = 3  # words
_MOST_PARTS = 4


def parts(text: str) -> tuple[str, ...]:
    """The questions of a message with several; empty when there is only one.

    Only question marks and line ends part questions: stories have many sentences and one question.
    """
    found = [part.strip() for part in _PART.findall(text) if len(plain(part).split()) >= _SHORTEST_PART]
    asked = [part for part in found if asks(part)]
    return tuple(asked) if 2 <= len(asked) <= _MOST_PARTS else ()  # noqa: PLR2004 - two is several
