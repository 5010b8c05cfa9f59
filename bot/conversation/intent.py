"""What a message is, besides a question: a command, thanks, a yes or no, a choice, a commune.

One file although it is long: the patterns overlap ("thôi", "không"), and whoever changes one must see the others.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.conversation.message import Option
from knowledge_base.questions.place_token import read_token
from knowledge_base.questions.reference import read_reference
from knowledge_base.text.fold import fold, has_marks, nfc
from knowledge_base.text.syllables import is_syllable
from translations.loader import LANGUAGES

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
_HELLO = frozenset("hi hello helo alo chao morning start".split())
_GRATITUDE = re.compile(r"\b(cam on|camon|kam on|thanks|thank|tks|tk|thks|ty)\b")
_SMALL_TALK = re.compile(
    r"(alo )?co ai( (o|tra loi))?( (do|day))? (khong|ko|k|hong|hok)|((hello|hi|chao) )?(ban|bot) (khoe khong|a|ha|oi)|"
    r"(the|vay|rua|ra) (a|ha|u|vay|the|do|la xong|thoi)|help|/help|test|thu|"
    r"(thoi )?(khong|ko|k|hong|chang) (co|con)? ?(gi|cau hoi|viec gi)( (nua|het|dau|them))*|het roi"
)
_WHO = re.compile(
    r"(ban|bot|day|may|ad)? ?(la|co phai la|co phai|phai) (ai|gi|bot|robot|nguoi|may|nguoi that)"
    r"( (hay|hay la) (may|nguoi|bot|robot)| khong| ha| a| vay)*|ban ten gi|(ban|bot) lam duoc gi|giup (gi|duoc gi)"
)
_CONTACT = re.compile(
    r"((cho|hoi) )*((so )?(dien thoai|sdt|dt|hotline)|dia chi)( cua)? "
    r"(can bo|cb|uy ban|ubnd|xa|phuong|co quan|don vi).{0,30}|"
    r"(uy ban|ubnd)( \w+){0,3} o (dau|cho nao)|"
    r"((luc|tu)? ?may gio|gio|lich|(thu (bay|7)|chu nhat) co) (lam viec|mo cua).{0,20}|"
    r"(uy ban|ubnd|xa|can bo)?( \w+)? ?(lam viec|mo cua)( \w+)? (may gio|gio nao|luc nao|thu may|ngay nao).{0,20}"
)
_CHEERS = re.compile("[👍👌❤🙏😊🥰😀😁😃😄🙂💪🌹😘🤝🎉💯👏✅]")
_OPENING = frozenset(
    (
        "cho xin toi muon can duoc hoi tu van giup do voi chut ti xiu it mot viec thac mac thong tin nho dang nay dieu"
    ).split()
)
_WITHDRAW = re.compile(
    r"(thoi )?(toi|em|minh|tui|con|chau)?\s*(khong|ko|k|hong) (hoi|can) (nua|dau nua|gi nua)|thoi (khoi|duoc roi)"
)
_INSULT = re.compile(
    r"\b(ngu|dm|dmm|vcl|vl|cc|do dien|cut di|(?:bon|lu|do|toan) lua dao|bien di|mat day|oc cho|con cho|thang cho)\b"
)
_OFFICER = re.compile(
    r"/canbo|/officer|((i|want|would|like|need|please|can) )*(to )?(talk|speak|chat) (to|with) (a |an |the )?"
    r"(officer|human|person|someone|somebody)|(an )?officer( please)?|((toi|muon|can|duoc) )*"
    r"(gap|hoi|noi chuyen (voi|vs)|ket noi( voi| toi| den)?|chuyen( cho| toi| den| qua)?|lien he|cho( toi| em)? gap) "
    r"(voi )?(can bo|cb|nguoi that|nhan vien|tu van vien|nguoi phu trach|chuyen vien)( (xa|phuong|thon|ubnd))*"
    r"( (di|voi|a|nha|nhe|duoc khong|ho|giup|giup toi|dum))*"
)
_YES = re.compile(
    r"(da )?(ro|hieu|duoc|dung|phai|xong)( roi| r| rui| y| vay| ro)*( (cam on|thanks|tks)( \w+){0,3})?|"
    r"(da|vang|u|uh|ok|oke|okie|yes|dung)( a| roi| r)*|"
    r"(cam on|thanks|tks)( \w+){0,3}"
)
_NO = re.compile(
    r"(van )?(chua|khong|ko|k|hong|hok|no|sai)( ro| hieu| dung| phai| dc| duoc| thay| on)*( roi| lam| dau| a| y)*"
    r"( y)?( toi| em| minh)?|chua\b.{0,40}|khong (phai|dung).{0,40}|(khong|ko) (hieu|ro).{0,40}|sai roi.{0,40}"
)
_SIMPLER = re.compile(r"\b(de hieu|don gian|gian di|ngan gon|binh dan|nom na|simple|simply|simpler|plain|easier)\b")
_SAYING = frozenset("noi giai viet tra dien giang say explain put hon more".split())
# Nothing else may be in it, for then it is about something.
_SIMPLER_WORDS = frozenset(
    "de hieu don gian di ngan gon binh dan nom na simple simply simpler plain easier noi giai thich viet tra loi"
    " dien giang lai ra cho hon toi em minh tui bac chau con ong ba lam on nho xin hay co the giup dum duoc khong"
    " nhe nha voi a ho da thoi nua mot cach chut ti xiu that kho roi qua dai dong phuc tap rac chua ko cau nay say"
    " explain put it this more in words please can could you answer".split()
)
_WHEN = re.compile(
    r"(bao gio|khi nao|chung nao|bao lau( nua)?|luc nao) .{0,20}(tra loi|co ket qua|rep|xong)|"
    r"(mai|sao|van|lau).{0,20}(khong|chua|ko|k) (thay|co|duoc|ai)( ai)? ?(tra loi|rep|gi|hoi am)|"
    r"(sao|co|da|van|cho).{0,20}(lau|tra loi)( qua| the| vay| chua| roi)+.{0,12}|tra loi chua.{0,12}"
)
_ASKING = re.compile(
    r"\b(bao nhieu|bn|nhieu|may|o dau|dau|mo|nao|ntn|sao|rang|ai|gi|chi|ji|bao lau|bao gio|lam sao|the nao|"
    r"(duoc|dc|phai|dung) (khong|ko|k|hong|hok|hem)|co\b.* (khong|ko|hong|hok|hem)|(khong|ko|k|hong|hok|hem) biet)\b|"
    r"\b(khong|ko|k|hong|hok|hem)( (a|ad|anh|chi|em|ban|can bo|vay|the|nhi|nha|rua|z|v|ta|ha))*$"
)
# Spellings with which these words ask, for those who type marks: "đâu" asks, "đau" doesn't.
_ASKS_AS = {
    "sao": {"sao"},
    "dau": {"đâu", "dau"},
    "may": {"mấy", "may"},
    "mo": {"mô", "mo"},
    "nao": {"nào", "nao"},
    "gi": {"gì", "gi"},
    "chi": {"chi"},
    "nhieu": {"nhiêu", "nhieu"},
    "hong": {"hông", "hổng", "hong"},
    "khong": {"không", "khong"},
}
_CLAUSE_END = re.compile(r"[.,;:!\n]+")
_PLACE = re.compile(
    r"(xa|phuong|thi tran|thi xa|dac khu|p|x|tt|tx|huyen|quan|q|tp|thanh pho|tinh|thon|ap|xom|khu pho|kp|to dan pho)"
    r"\b [a-z0-9].*"
)
_LANGUAGE_WORDS = {
    **dict.fromkeys(("english", "tieng anh", "english please", "in english", "speak english"), "en"),
    **dict.fromkeys(("tieng viet", "vietnamese"), "vi"),
}
_COMMUNE = re.compile(
    r"(xa|phuong|thi tran|dac khu|tt|tp|thanh pho|quan|huyen|tinh) "
    r"(?!hoi\b|toi\b|em\b|minh\b|nay\b|nao\b|oi\b)[a-z0-9].*"
)
_LIVING_AT = re.compile(
    r"^\s*(?:(?:dạ|da|vâng|vang|thưa|em|tôi|toi|tui|mình|minh|cháu|con|nhà|nha|đang|dang|thuộc|thuoc|sống|song|ở|o)\s+)*"
    r"(?:ở|o|thuộc|thuoc)\s+(?=\S)",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(\s+(ạ|nhé|nha|nhá))+\s*[.!]*\s*$", re.IGNORECASE)
# Words that people write about themselves, and that no place is called by.
_NO_PLACE = frozenset(
    (
        "tôi tui toi em cháu mình nghèo ngheo lắm quá đừng chưa được xem nhắn biết biet muốn muon hỏi vâng nữa nua này "
        "đây kia tuổi tuoi triệu trieu cũng rồi là bị có không khong ko đúng xin cảm ơn thôi phải đang còn"
    ).split()
)
_LONGEST_COMMUNE = 16  # words of an address
_LONGEST_NAME = 4  # words: "Tân Lập", "Yên Bình"
_SKIP = re.compile(
    r"bo qua|skip|(thoi|khoi)( khoi)?( (can|noi|bo qua))?|khong|ko|k|hong|"
    r"(khong|ko|k|hong|chua) (can|noi|muon noi|biet|ro|nho)( dau)?|(xa|o|dau) (nao|dau) cung duoc|chiu|de sau"
)
_NUMBERS = {"mot": 1, "nhat": 1, "dau": 1, "hai": 2, "nhi": 2, "ba": 3, "bon": 4, "tu": 4}
_CHOICE = re.compile(
    r"(?:(?:so|chon|cau|y|phuong an|cai|thu|muc|lay|bam) )*(\d+|mot|nhat|dau(?= tien)|hai|nhi|ba|bon|tu)"
    r"(?: (?:tien|a|nha|nhe|di|do|ay|ak))*"
)
_NONE_OF_THESE = re.compile(
    r"(khong phai|ko phai|k phai|hong phai|khong cau nao|khong y nao|khac|deu khong|khong co (y|cau|cai) nao).*|"
    r"khong co|khong|ko|hong|(khong|ko|k|hong|chua|sai) (dung|trung)( (y|truong hop))?( (toi|em|minh|tui))?( a)?"
)
_FILLERS = frozenset("cai cau y ay do nay ve viec la thi hoi toi muon em minh a nha nhe di cho chon".split())
_SHORTEST_NAME = 2  # words of a label that name it
# Words that ask about what was said before, with no subject of their own: "nộp ở đâu", "lãi bao nhiêu thế".
_NO_SUBJECT = frozenset(
    (
        "the vay roi thi con nop o dau can giay to gi nhung ho so ai duoc huong bao lau nhieu lai suat co khong ko k "
        "phai mat phi may ngay nao khi lam sao mang theo den nhan tien thu tuc don mau gui lay hoi cho la nua cu a "
        "minh toi em mo chi rang rua xin dc nhu ntn"
    ).split()
)
_LONGEST_FOLLOW_UP = 7  # words
_STOP = re.compile(
    r"/dung|/stop|stop|((dung|ngung|huy|tat|khong|ko|thoi)( (nhan|gui|nhan duoc))*( (tin|thong bao|tin nhan))( nua)?)|"
    r"(dung|ngung|thoi) (co )?(nhan|gui) (tin )?(cho (toi|em|minh) )?nua"
)
# "xoá nợ", "xoá đói giảm nghèo" are questions: only one's own data, or everything, is meant.
_OWN = r"(cua|ve|cho)? ?(toi|em|minh|tui|con|chau|bac|co|chu|ong|ba)"
_ERASE = re.compile(
    r"/xoa( .*)?|/delete|/erase|delete (all )?my data|erase (all )?my data|"
    r"((lam on|xin|hay|giup|nho|cho|toi|em|minh|tui|con|chau|muon|can|yeu cau) )*"
    r"xoa( (bo|di|het|sach|giup|ho|cho|tat ca|toan bo|moi))*"
    r"( (toi|em|minh|tui|con|chau))?( (nhung|cac|ca))?"
    r"( (du lieu|thong tin|cau hoi|tin nhan|noi dung|lich su|loi nhan|moi thu|ca nhan|da hoi|da gui))*"
    rf"( {_OWN})?( (di|nhe|nha|giup|ho|luon|voi|a|khoi he thong))*"
)
_COPY = re.compile(
    r"/dulieu|/mydata|my data|"
    r"((cho|xin|toi|em|minh|tui|muon|can|xem|gui|lay|tai) )*(ban sao )?(du lieu|thong tin) (ca nhan )?"
    r"(dang luu |da luu )?(cua|ve) (toi|em|minh|tui|con|chau)"
)
_PRIVACY = re.compile(
    r"/riengtu|/privacy|privacy|quyen rieng tu|rieng tu|bao mat( thong tin)?|"
    r"((luu|giu) (du lieu|thong tin) (gi|nao)|(du lieu|thong tin) (cua )?(toi|em|minh) (duoc |bi )?(luu|giu)).{0,30}"
)
_AGREES = re.compile(
    r"(toi |em |minh |da |vang )*(dong y|cho phep|gui|gui di|dong y gui)( gui)?( di| a| nhe| nha| luon| cho can bo)*"
)
_ERASES = re.compile(
    r"(toi |em |da |vang )*(dong y|chac( chan)?|co|xoa|xoa het|xoa di|dong y xoa)( het| xoa| di| a| luon| nhe)*"
)
_REFUSES = re.compile(
    r"(thoi|khong|ko|k|hong|hok|kg|dung|huy)( (dong y|gui|xoa|can|muon|cho|nua|dau|a|nhe|de lai|giu lai))*|"
    r"(cu )?(de|giu) lai.{0,20}"
)
_LOOK_UP = re.compile(r"/?xem|(/?xem )?(ma|ma so|code)|/?xem (cau )?tra loi")


_WANTED = re.compile(r"\s*/?(?:xem|tra|ma|view|start)?[\s:]*([0-9A-Za-z\s-]{8,11})\s*", re.IGNORECASE)
_PLACE_TOKEN = re.compile(
    r"\s*(?:(?:/start\s+|xin ch[àa]o[\s,]*)?\(?q\s?_\s?|(?:https?://)?[\w.:-]{3,100}/q/)([0-9A-Za-z]{7})[\s).!/]*",
    re.IGNORECASE,
)
_DEEP_LINK = re.compile(r"\s*/start\s+([A-Za-z0-9_-]{1,64})\s*")


@lru_cache(maxsize=64)  # one message is looked at in many ways
def plain(text: str) -> str:
    """Folded words, single blanks: what the patterns here are written for."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def wanted_reference(text: str) -> str | None:
    """The code in "XEM K7MP-42QX", "/xem k7mp42qx" or the code alone."""
    found = _WANTED.fullmatch(text)
    return read_reference(found.group(1)) if found else None


def deep_link(text: str) -> str | None:
    """What a link into the bot names: the key of an entry, in "/start T25"."""
    found = _DEEP_LINK.fullmatch(text)
    return found.group(1) if found else None


def wanted_language(text: str) -> str | None:
    """The language a message asks to be answered in: its code; empty when it asks which there are; None for others."""
    words = plain(text)
    if words in ("/ngonngu", "/language", "/lang", "ngon ngu", "doi ngon ngu", "language", "change language"):
        return ""
    named = {**_LANGUAGE_WORDS, **{f"/{code}": code for code in LANGUAGES}}
    return named.get(words)


def place_token(text: str) -> str | None:
    """The token of a place, as a link writes it, or as people type it from a poster.

    "/start q_7KM2QX4", "Xin chào (q_7KM2QX4)", "q_7km2qx4", "hoi-dap.example.vn/q/7KM2QX4".
    """
    found = _PLACE_TOKEN.fullmatch(nfc(text))
    return read_token(found.group(1)) if found else None


def command(text: str) -> str | None:
    """Which command the message is: "start", "stop", "resume", "help", "officer", or none."""
    words = plain(text)
    if _STOP.fullmatch(words) or nfc(text).strip(" .!").lower() in ("dừng", "ngừng", "dừng lại", "ngừng lại"):
        return "stop"
    if words in ("/tieptuc", "tiep tuc nhan tin", "/resume"):
        return "resume"
    if words.startswith("/start"):
        return "start"
    if words in ("/help", "/trogiup", "tro giup", "huong dan"):
        return "help"
    wishes = _OFFICER.fullmatch(words) or _OFFICER.fullmatch(" ".join(_bare(words)))
    return "officer" if wishes else None


def right(text: str) -> str | None:
    """Which right over his data a resident claims: "erase", "copy", "privacy", or none."""
    words = plain(text)
    if _ERASE.fullmatch(words):
        return "erase"
    if _COPY.fullmatch(words):
        return "copy"
    return "privacy" if _PRIVACY.fullmatch(words) else None


def agrees(text: str) -> bool:
    """Consent that is said: "đồng ý", "đồng ý gửi", "dong y", "ok". Thanks and cheers are none."""
    words = plain(text)
    return bool(_AGREES.fullmatch(words)) or (says_yes(text) and bool(words) and not is_thanks(text))


def confirms_erasing(text: str) -> bool:
    """Whether it is sure that all is to be erased; "rõ rồi" and the like are not enough."""
    words = plain(text)
    return bool(_ERASES.fullmatch(words)) or right(text) == "erase" or words in ("ok", "oke", "yes", "y", "u", "vang")


def refuses(text: str) -> bool:
    """No, in few words."""
    return bool(_REFUSES.fullmatch(plain(text))) or is_bare_no(text) or is_withdrawal(text)


def _bare(words: str) -> list[str]:
    """The words without address and politeness."""
    return [word for word in words.split() if word not in _POLITE]


def is_small_talk(text: str) -> bool:
    """Greetings, thanks, "anybody there": everything that opens no question."""
    words = plain(text)
    if not words:
        return False
    bare = _bare(words.replace("can bo", " "))
    return all(word in _THANKS for word in bare) or any(
        _SMALL_TALK.fullmatch(" ".join(said)) for said in (words.split(), bare)
    )


def is_greeting(text: str) -> bool:
    """Small talk that wants a greeting back."""
    words = plain(text)
    hello = not _HELLO.isdisjoint(words.split()) or "co ai" in words or "oi" in words.split()
    return hello and is_small_talk(text)


def is_thanks(text: str) -> bool:
    """A message that says thank you and nothing else, in words or with a sign."""
    thanked = bool(_GRATITUDE.search(plain(text))) and (is_small_talk(text) or says_yes(text))
    return thanked or (_cheers(text) and not {"🙏", "❤"}.isdisjoint(text))


def _cheers(text: str) -> bool:
    return bool(_CHEERS.search(text)) and not plain(text)


def asks_who(text: str) -> bool:
    """Whether the resident wants to know who, or what, is talking."""
    return bool(_WHO.fullmatch(plain(text)))


def asks_contact(text: str) -> bool:
    """Whether the resident asks where or when the office can be reached."""
    words = plain(text)
    return bool(_CONTACT.fullmatch(words) or _CONTACT.fullmatch(" ".join(_bare(words))))


def is_opening(text: str) -> bool:
    """Words before a question that is still to come: "cho em hỏi chút ạ", "giúp tôi với"."""
    bare = _bare(plain(text))
    return bool(bare) and all(word in _OPENING for word in bare) and not {"hoi", "giup", "van", "nho"}.isdisjoint(bare)


def follows_up(text: str) -> bool:
    """A short question without a subject of its own: it is about what was said before."""
    words = plain(text).split()
    return len(words) <= _LONGEST_FOLLOW_UP and asks(text) and all(word in _NO_SUBJECT for word in words)


def tells(text: str) -> bool:
    """Something about the resident's own life, no question: "mẹ tôi 74 tuổi", "nhà em có hai sào ruộng"."""
    words = plain(text).split()
    own = {"toi", "tui", "em", "minh", "nha", "chau"}
    return len(words) > 2 and not own.isdisjoint(words[:2]) and not asks(text)  # noqa: PLR2004 - "nhà nghèo" tells nothing


def wants_to_look_up(text: str) -> bool:
    """The word "XEM" without a code, or with something that is none."""
    words = plain(text)
    if _LOOK_UP.fullmatch(words):
        return True
    first, *rest = words.split() or [""]
    return first in ("xem", "/xem") and bool(rest) and not any(is_syllable(word) for word in rest)


def is_withdrawal(text: str) -> bool:
    """The resident asks no longer."""
    return bool(_WITHDRAW.fullmatch(plain(text)))


def is_insult(text: str) -> bool:
    """Abuse without a question."""
    words = plain(re.sub(r"\bngủ\b", " ", nfc(text).lower()))
    return bool(_INSULT.search(words)) and not asks(re.sub(r"\b(bon|chung|tui|lu)? ?may\b", " ", words))


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
    return bool(_YES.fullmatch(" ".join(_bare(words)) or words)) or _cheers(text)


def says_no(text: str) -> bool:
    """Disagreement: "chưa", "không đúng", "chưa rõ lắm"; not a new question that begins like it."""
    words = plain(text)
    brief = len(words.split()) <= 4  # noqa: PLR2004 - "chưa rõ lắm ạ"
    return bool(_NO.fullmatch(words)) and (brief or not _ASKING.search(words.split(" ", 1)[1]))


def is_bare_no(text: str) -> bool:
    """Disagreement that says nothing else."""
    return says_no(text) and len(plain(text).split()) <= 4  # noqa: PLR2004 - "chưa rõ lắm ạ"


def wants_simpler(text: str) -> bool:
    """The answer once more, in plain words: "nói dễ hiểu hơn", "khó hiểu quá, giải thích lại đơn giản hơn nhé"."""
    words = plain(text)
    said = set(words.split())
    wanted = bool(_SIMPLER.search(words)) and not said.isdisjoint(_SAYING)
    return wanted and said <= _SIMPLER_WORDS and "de hieu qua" not in words


def asks_when(text: str) -> bool:
    """Impatience: when will the answer come?"""
    words = plain(text)
    return bool(_WHEN.search(words)) and len(words.split()) <= 8  # noqa: PLR2004 - a longer text is a question


def is_brief(text: str) -> bool:
    """A few words, as people type into a search box."""
    return len(plain(text).split()) <= 6  # noqa: PLR2004 - "hỗ trợ tiền điện hộ nghèo"


def asks(text: str) -> bool:
    """Whether the text reads as a question."""
    return "?" in text or any(_ASKING.search(plain(_as_meant(clause))) for clause in _CLAUSE_END.split(text))


def _as_meant(text: str) -> str:
    """Without the words that ask only when their marks are left out ("đau", "mây", "chị")."""
    words = re.findall(r"[\w/]+", nfc(text).lower())
    if not has_marks(text):
        return " ".join(words)
    return " ".join(word if word in _ASKS_AS.get(fold(word), (word,)) else "-" for word in words)


def looks_like_commune(text: str) -> bool:
    """A short text that names a place, not a question: what may follow when we asked for the commune."""
    place = place_of(text)
    words = plain(place).split()
    if not words or len(words) > _LONGEST_COMMUNE or "?" in text:
        return False
    if _PLACE.fullmatch(" ".join(words)) and not _personal(place):
        return not re.search(r"\b(nao|o dau|bao gio|lam sao)\b", " ".join(words))
    talk = any(is_it(text) for is_it in (asks, says_yes, says_no, is_small_talk, is_opening, is_withdrawal, asks_who))
    if talk or _personal(place) or not re.search(r"[^\W\d_]{2}", place):
        return False
    written = re.findall(r"[^\W\d_]+", place)
    named = len(written) <= 2 * _LONGEST_NAME and all(word[0].isupper() for word in written)  # "Hoàng Su Phì, Hà Giang"
    return named or len(words) <= _LONGEST_NAME


def names_commune(text: str) -> bool:
    """A place that calls itself a commune or ward: understood also when we didn't just ask."""
    place = place_of(text)
    words = plain(place)
    brief = len(words.split()) <= _LONGEST_NAME
    asking = asks(re.sub(r"\b[Ss]ao\b", "", text))  # "phường Sao Đỏ" is a place
    return brief and bool(_COMMUNE.fullmatch(words)) and not _personal(place) and not asking


def place_of(text: str) -> str:
    """The place in "dạ em ở Sa Pa ạ"."""
    return _LIVING_AT.sub("", _ENDING.sub("", text.strip())).strip(" .,!") or text


def _personal(text: str) -> bool:
    return not _NO_PLACE.isdisjoint(re.findall(r"\w+", nfc(text).lower()))


def skips(text: str) -> bool:
    """The resident would rather not say."""
    return bool(_SKIP.fullmatch(" ".join(_bare(plain(text))))) or plain(text) == "bo qua"


def is_number(text: str) -> bool:
    """A number alone, in digits or words, as one answers choices."""
    return bool(_CHOICE.fullmatch(plain(text)))


def labelled(text: str, options: Sequence[Option]) -> Option | None:
    """The option whose label was typed."""
    words = plain(text)
    return next((option for option in options if words and words == plain(option.label)), None)


def chosen(text: str, options: Sequence[Option]) -> Option | None:
    """The option a typed text means: its number, its words (or those that only it has), or "none of these"."""
    words = plain(text)
    found = _CHOICE.fullmatch(words)
    if found:
        number = _NUMBERS.get(found.group(1)) or int(found.group(1))
        return options[number - 1] if 1 <= number <= len(options) else None
    typed = labelled(text, options)
    if typed:
        return typed
    picks = [option for option in options if option.id.startswith("pick:")]
    if any(option.id.startswith("none:") for option in options):
        last = next(option for option in options if option.id.startswith("none:"))
        if _NONE_OF_THESE.fullmatch(words) or (says_no(text) and len(words.split()) <= 4):  # noqa: PLR2004 - "chưa rõ lắm"
            return last
        if len(picks) == 1 and says_yes(text) and not is_thanks(text):
            return picks[0]
    return _named(words, picks)


def _named(words: str, picks: Sequence[Option]) -> Option | None:
    """The only choice whose label has these words, in this order."""
    said = [word for word in words.split() if word not in _FILLERS]
    if len(said) < _SHORTEST_NAME:
        return None
    having = [option for option in picks if f" {' '.join(said)} " in f" {plain(option.label)} "]
    return having[0] if len(having) == 1 else None


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
