"""What is printed can be read: every code is decoded from the rasterised page, every mark is in the font."""

import time

import pypdfium2
import pytest
import zxingcpp

from knowledge_base.paper.posters import FORMATS, Poster, posters
from knowledge_base.paper.sheet import _has
from knowledge_base.paper.slips import SlipWords, invitations, link_of, meeting_form, pad, receipts
from knowledge_base.questions.place_token import new_token
from knowledge_base.questions.reference import new_reference

OFFICE = "Ủy ban nhân dân xã Thử"


def decoded(pdf: bytes, scale: float = 2.0, pages: int | None = None) -> list[str]:
    """What the codes on the pages hold, in order."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for number in range(min(len(document), pages or len(document))):
        image = document[number].render(scale=scale, grayscale=True).to_pil()
        codes = sorted(
            zxingcpp.read_barcodes(image), key=lambda one: (one.position.top_left.y, one.position.top_left.x)
        )
        found += [one.text for one in codes]
    return found


def poster(number: int) -> Poster:
    token = new_token()
    return Poster(
        f"Thôn {number}", "Xã Thử, tỉnh Thử", f"https://hoi-dap.example.vn/q/{token}", f"hoi-dap.example.vn/q/{token}"
    )


def slip(number: int, **values: object) -> SlipWords:
    return SlipWords(new_reference(), f"{number:04} 0000", "https://hoi-dap.example.vn/tra-cuu", line=number, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", FORMATS)
def test_every_posters_code_decodes(shape: str) -> None:
    items = [poster(number) for number in range(14)]
    found = decoded(
        posters(items, shape, office=OFFICE, contact="số máy do đơn vị đặt"), 1.5 if shape != "stickers" else 2.5
    )  # type: ignore[arg-type]
    assert sorted(found) == sorted(item.link for item in items)


def test_576_posters_within_a_minute() -> None:
    items = [poster(number) for number in range(576)]
    began = time.perf_counter()
    made = posters(items, "a4", office=OFFICE)
    taken = time.perf_counter() - began
    print(f"576 posters: {taken:.1f} s, {len(made) >> 10} KiB")
    assert taken <= 60
    assert len(pypdfium2.PdfDocument(made)) == 576


def test_every_slips_code_decodes_and_holds_no_secret() -> None:
    slips = [slip(number) for number in range(1, 24)]
    for made in (pad(slips, OFFICE), meeting_form(slips, "Họp thôn Đông", OFFICE)):
        assert sorted(decoded(made, 3)) == sorted(link_of(one) for one in slips)
    assert all(one.number not in link_of(one) for one in slips)


def test_a_long_answer_goes_on_on_a_next_page() -> None:
    answer = {
        "short_answer": "Được.",
        "details": "Một dòng dài hơn một chút của câu trả lời.\n" * 80,
        "legal_basis": [],
    }
    made = receipts([slip(1, text="Hỏi gì đó?", state="Đã có trả lời:", answer=answer)], OFFICE, "")
    document = pypdfium2.PdfDocument(made)
    assert len(document) > 1
    words = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    assert words.count("Một dòng dài hơn") == 80


def test_invitations_hold_their_links() -> None:
    links = [f"https://hoi-dap.example.vn/chat?from=h_{number}" for number in range(7)]
    made = invitations([("Thành viên", new_reference(), link) for link in links], "Tổ thử", OFFICE)
    assert decoded(made) == links


def test_the_font_has_every_vietnamese_letter() -> None:
    letters = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    assert [sign for sign in letters + letters.upper() + "0123456789–“”…•·₫" if not _has(sign)] == []
