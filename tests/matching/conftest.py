from datetime import date

import pytest

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.index import IndexedEntry, MatchIndex

OLD_UNTIL, NEW_FROM = date(2026, 12, 31), date(2027, 1, 1)


def entry(key: str, question: str, *phrasings: str, in_force: InForce | None = None) -> IndexedEntry:
    return IndexedEntry(key, question, phrasings, question, in_force or InForce())


@pytest.fixture(scope="session")
def entries() -> list[IndexedEntry]:
    return [
        entry(
            "line-old", "Chuẩn nghèo hiện nay là bao nhiêu?",
            "Thu nhập bao nhiêu thì là hộ nghèo?", "Mức chuẩn nghèo đang áp dụng", "Ngưỡng nghèo mỗi người một tháng",
            "Bao nhiêu tiền một tháng thì bị coi là nghèo?",
            in_force=InForce(None, OLD_UNTIL),
        ),
        entry(
            "line-new", "Chuẩn nghèo bây giờ là bao nhiêu tiền?",
            "Thu nhập bao nhiêu thì được xét là nghèo?", "Mức chuẩn nghèo mới đang áp dụng",
            "Ngưỡng nghèo theo quy định mới",
            "Chuẩn nghèo hiện nay bao nhiêu một người?",
            in_force=InForce(NEW_FROM, None),
        ),
        entry(
            "insurance", "Hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?",
            "Thẻ BHYT hộ nghèo có mất tiền không?", "Nhà có sổ nghèo thì được thẻ khám bệnh không?",
            "Hộ nghèo ai đóng bảo hiểm y tế cho?", "Được phát thẻ bảo hiểm không tốn tiền phải không?",
        ),
        entry(
            "near-poor-insurance", "Hộ cận nghèo mua bảo hiểm y tế được hỗ trợ bao nhiêu?",
            "Cận nghèo đóng bảo hiểm y tế bao nhiêu phần trăm?", "Thẻ BHYT cận nghèo được giảm mấy phần?",
            "Nhà cận nghèo mua thẻ bảo hiểm được bớt bao nhiêu?", "Sổ cận nghèo thì tự đóng bao nhiêu tiền bảo hiểm?",
        ),
        entry(
            "apply", "Muốn xin xét hộ nghèo thì nộp đơn ở đâu?",
            "Thủ tục xin vào hộ nghèo", "Làm đơn xin sổ nghèo gửi ai?", "Giấy đề nghị xét hộ nghèo nộp chỗ nào?",
            "Tôi muốn được xét hộ nghèo thì phải làm gì?",
        ),
        entry(
            "loan", "Hộ nghèo vay vốn ngân hàng chính sách được bao nhiêu?",
            "Vay tiền nuôi bò thì vay được mấy triệu?", "Mức vay tối đa cho hộ nghèo", "Lãi suất vay hộ nghèo",
            "Muốn vay ngân hàng chính sách làm ăn thì được bao nhiêu?",
        ),
        entry(
            "repay", "Chưa trả được nợ ngân hàng chính sách thì xin gia hạn thế nào?",
            "Xin khất nợ vay hộ nghèo", "Đến hạn mà không có tiền trả nợ", "Khoanh nợ cho hộ gặp thiên tai",
            "Giãn nợ ngân hàng chính sách ra sao?",
        ),
        entry(
            "electricity", "Hộ nghèo được hỗ trợ tiền điện bao nhiêu?",
            "Tiền điện hộ nghèo nhận ở đâu?", "Một tháng được bù mấy số điện?",
            "Nhà nghèo có được bớt tiền điện không?",
            "Hỗ trợ tiền điện hộ nghèo",
        ),
    ]  # fmt: skip


@pytest.fixture(scope="session")
def index(entries: list[IndexedEntry]) -> MatchIndex:
    return MatchIndex.build(entries)
