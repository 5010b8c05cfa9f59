"""Words of people in danger. Recall first: a false alarm costs the resident nothing, a missed one may cost a life."""

import re
import unicodedata

from knowledge_base.text.fold import fold, has_marks

# Folded phrases that mean danger whatever the marks; regular expressions, joined below.
_PHRASES = (
    # calls for help, flood, fire, landslide
    r"cuu (voi|toi|em|minh|con|chau|gap|me con|gia dinh|nguoi)",
    r"cuu ho khan|can cuu ho|cau cuu|keu cuu|goi cuu ho",
    r"dang( \w+){0,2} (lu|nuoc)( lu)? (cuon|dang)|(lu|nuoc) cuon (nguoi|con|chau|me|bo|ba|vo|chong)",
    r"(mac|bi|dang) ket (tren|trong|o|giua)|ket tren mai|(lu|nuoc) (lu )?dang( len| cao| nhanh)",
    r"nuoc (dang|ngap) (toi|den|cao|len|vao nha)|ngap (toi|den) (nguc|co|mai|noc|dau)",
    r"dang (ngap|chay nha|bi sat lo)|bi (vui lap|chon vui)",
    # hunger
    r"het gao|(khong|ko|k|hong|chang|chua) con (gi|gao|hat gao nao|cai gi)( de)? an",
    r"(khong|ko|k|hong|chua) co (gi|gao|cai gi)( de)? an|(khong|ko|k|hong) co (gi|gao) (bo bung|nau)",
    r"nhin (doi|an)|chet doi|doi la|(dang|bi|ca nha|con|chau) doi (qua|la|lam|may ngay)",
    r"may (ngay|bua) (nay |roi |)?(chua|khong|ko) (duoc |co |)?an",
    # violence
    r"(chong|vo|bo|cha|ba|me|duong|con|chu|anh|nguoi ta)( \w+){0,3} (danh|dap|chem|do ?doa|doa giet|hanh ha)",
    r"bi (chong|vo|bo|cha|me|con|duong|nguoi ta)?( \w+){0,2} ?(danh|dap|hanh ha|chem|bop co|nhot|bat coc|cuong buc)",
    r"(danh|dap|hanh ha) (toi|em|con|chau|me con|vo con|hoai|suot)",
    r"bao (hanh|luc)|doa giet|dam chem|bi hiep|hiep dam|xam hai|lam dung tinh duc|buon nguoi|bat coc",
    # life at stake
    r"(can|goi|keu) cap cuu|bat tinh|ngat xiu|xiu (roi|mat)|hon me|khong tho duoc|kho tho|ngo doc|dang chay nha",
    r"co giat|(o|dang|ngoi|tren) tren (noc|mai)|dang tren noc|lu (quet )?(dang )?(ve|den|toi)( roi)?",
    # self-harm
    r"(muon|doi) chet|(khong|ko|k|hong) muon song|chan song|het muon song|song (lam gi|chi) nua",
    r"(muon|dinh|se|doi|nghi den|nghi toi) (tu tu|tu van|tu sat|tu ket lieu)|tu sat|tu ket lieu",
    r"ket thuc (cuoc doi|cuoc song)|chet (cho xong|cho roi|di cho|quach|luon cho)",
    r"uong thuoc (sau|chuot|tru sau|co)|nhay (cau|song|lau)( tu)?|that co|cat tay",
)
_FOLDED = re.compile(rf"\b({'|'.join(_PHRASES)})\b")
# Words that folding makes look like danger, with the spellings that mean it. Where the resident typed marks, others
# of the same letters ("dành", "danh", "đòi") are left out; without marks these phrases are.
_MEANT = {
    "danh": {"đánh"},
    "dap": {"đập", "đạp", "dap"},
    "doi": {"đói", "đòi", "doi"},
    "ket": {"kẹt", "ket"},
    "chet": {"chết", "chet"},
    "cuu": {"cứu", "cuu"},
    "lu": {"lũ", "lu"},
    "song": {"sống", "sông", "song"},
}
_HARMLESS = re.compile(r"\b(an|bi)? ?danh (sach|gia|muc|hieu|tinh|du|truot|so|cho|rieng|dau)\b|\ban danh\b|doan ket")
# Phrases that folding confuses with harmless ones ("tự tử" / "từ từ").
_MARKED = re.compile(r"\b(tự tử|tự vẫn|cứu với|đói lả|đang đói|chết đuối|đuối nước|vỡ ối|trở dạ|đánh con|đánh vợ)\b")
# Asking about support after a disaster is an ordinary question, unless it is happening now.
_SUPPORT = re.compile(
    r"\b(ho tro|tro cap|bao nhieu|thu tuc|chinh sach|che do|lam don|ho so|duoc huong|vay|nop o dau|mien|dong hoc)\b"
)
_NOW = re.compile(
    r"\b(cuu|dang|ket|bay gio|ngay bay gio|ngay luc nay|muon chet|song nua|muon song|tu tu|danh|dap|giet|an gi|gi an|"
    r"gao|xam hai|hiep|bao hanh|bao luc|thuoc sau)\b"
)


def _folded(written: str) -> str:
    """Folded words without those that only look like danger."""
    words = re.findall(r"\w+", written)
    if has_marks(written):
        words = [word for word in words if word in _MEANT.get(fold(word), (word,))]
    return _HARMLESS.sub(" ", " ".join(fold(word) for word in words))


def is_danger(text: str) -> bool:
    """Whether a message speaks of hunger, flood, violence, self-harm or a life at stake, happening to somebody now."""
    if not text:
        return False
    written = unicodedata.normalize("NFC", text).lower()
    folded = _folded(written)
    if not (_FOLDED.search(folded) or _MARKED.search(written)):
        return False
    return not _SUPPORT.search(folded) or bool(_NOW.search(folded))
