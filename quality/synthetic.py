"""Synthetic FAQs of any size, to measure times and sizes with; the same size gives the same FAQ.

Every entry is one thing that somebody wants done with something, asked in ten ways. The words are common ones of
public services; nothing is claimed with them, and no figure on quality is measured on them.
"""

from random import Random

from knowledge_base.matching.index import IndexedEntry
from quality.noise import WORDINGS, vary

_SUBJECTS = (
    "hộ nghèo|hộ cận nghèo|hộ mới thoát nghèo|người cao tuổi|người khuyết tật|học sinh|sinh viên|phụ nữ đơn thân|"
    "trẻ mồ côi|người dân tộc thiểu số|người lao động|hợp tác xã|ngư dân|người bán vé số|thanh niên xung phong|"
    "bộ đội xuất ngũ|người thuê trọ|chủ hộ kinh doanh|người làm rẫy|thợ xây|công nhân|giáo viên vùng cao|"
    "người nuôi tôm|người làm muối"
).split("|")
_ACTIONS = (
    "xin cấp|làm lại|gia hạn|đổi|vay tiền mua|đăng ký|bán|sửa|nộp thuế|được hỗ trợ|chuyển nhượng|thuê|bảo hiểm|"
    "kiểm tra|xin giảm tiền|trả góp|xin miễn phí|khiếu nại về|nhận|mượn|thanh lý|xây|di dời|đo đạc|vận chuyển|"
    "báo mất|tặng|chứng nhận|xuất khẩu|bồi thường"
).split("|")
_THINGS = (
    "thẻ khám bệnh|máy cày|nhà cấp bốn|đất rẫy|sổ tiết kiệm|bò sinh sản|giếng khoan|điện thoại|xe lăn|hầm chứa|ghe máy|"
    "lúa giống|phân bón|chuồng trại|bếp ăn|lớp học|sách giáo khoa|học bổng|giấy khai sinh|căn cước|hợp đồng|máy tính|"
    "vườn cà phê|rừng trồng|ao cá|lồng bè|xe máy|tủ thuốc|máy bơm|đường điện|cột đèn|cầu treo|quán nước|sạp hàng|"
    "máy may|khung cửi|nhà vệ sinh|bể nước|mái tôn|tường rào|trụ sở|biển hiệu|con dấu|tài khoản|thẻ ngân hàng|"
    "giấy phép|chứng chỉ nghề|bằng lái|hộ chiếu|giấy ra viện"
).split("|")
_MARKS = (
    "cũ|mới|loại nhỏ|loại lớn|ở thôn|ở phường|vùng núi|ven biển|bị hỏng|đứng tên chung|của cha mẹ|nhập từ tỉnh khác|"
    "chưa có giấy|đang thế chấp|dùng chung|tạm thời|theo mùa|cho trẻ em|cho người già|trên đảo|ở khu tái định cư|"
    "sau bão|trước tết|lần đầu|lần hai"
).split("|")
_FRAMES = (
    "{s} {a} {t} {m} thế nào?",
    "{s} muốn {a} {t} {m} thì làm sao",
    "cho hỏi {a} {t} {m} cần giấy tờ gì, nhà là {s}",
    "{a} {t} {m} ở đâu, tôi là {s}",
    "{s} có được {a} {t} {m} không?",
    "thủ tục {a} {t} {m} cho {s}",
    "bao lâu thì {s} {a} được {t} {m}",
    "{a} {t} {m} hết bao nhiêu tiền với {s}?",
    "điều kiện để {s} {a} {t} {m}",
    "ai giải quyết việc {a} {t} {m} của {s}",
)
PHRASINGS_AN_ENTRY = len(_FRAMES)
MOST = len(_SUBJECTS) * len(_ACTIONS) * len(_THINGS) * len(_MARKS) * PHRASINGS_AN_ENTRY


def synthetic_faq(phrasings: int) -> list[IndexedEntry]:
    """A FAQ of about so many phrasings, ten an entry; a smaller one is a part of a larger one."""
    places = Random(7).sample(range(MOST // PHRASINGS_AN_ENTRY), MOST // PHRASINGS_AN_ENTRY // 30)
    parts = (_SUBJECTS, _ACTIONS, _THINGS, _MARKS)
    return [_entry(number, _at(place, parts)) for number, place in enumerate(places[: phrasings // PHRASINGS_AN_ENTRY])]


def _at(place: int, parts: tuple[list[str], ...]) -> list[str]:
    """The words that a number stands for."""
    found = []
    for words in parts:
        place, at = divmod(place, len(words))
        found.append(words[at])
    return found


def _entry(number: int, words: list[str]) -> IndexedEntry:
    named = dict(zip("satm", words, strict=True))
    question, *phrasings = (frame.format(**named) for frame in _FRAMES)
    return IndexedEntry(f"S{number:06d}", question, tuple(phrasings), f"Liên hệ nơi tiếp nhận về {named['t']}.")


def questions(entries: list[IndexedEntry], count: int, seed: int = 3) -> list[str]:
    """Phrasings drawn from a FAQ, in all wordings in turn."""
    chance = Random(seed)
    drawn = [chance.choice(chance.choice(entries).texts) for _ in range(count)]
    return [vary(text, WORDINGS[at % len(WORDINGS)], seed) for at, text in enumerate(drawn)]
