"""Danger is heard in many wordings; ordinary questions near it are not mistaken for it."""

import pytest

from bot.conversation.danger import is_danger

DANGER = [
    "nhà tôi đang bị lũ cuốn, cần cứu hộ",
    "nuoc ngap toi mai roi cuu voi",
    "ca nha dang ket tren mai nha, nuoc len nhanh qua",
    "cứu tôi với chồng tôi đánh tôi suốt đêm",
    "chong em say ruou danh dap em hoai em so lam",
    "con bị bố dượng xâm hại không biết nói với ai",
    "tôi không muốn sống nữa",
    "e chan song roi muon chet quach cho xong",
    "em muốn tự tử",
    "định uống thuốc sâu cho rồi",
    "nhà hết gạo ba ngày nay con khóc vì đói quá",
    "mấy ngày nay chưa được ăn gì",
    "ko co gi an 2 ngay roi",
    "bi ket trong nha nuoc lu dang len",
    "chồng dọa giết hai mẹ con",
    "bố tui xỉu rồi mần chi chừ",
    "con tôi sốt cao co giật",
    "Vợ em vỡ ối giữa đường, trời tối, không có xe",
    "hôm nay lũ về, cả nhà đang trên nóc",
]
ORDINARY = [
    "Nhà bị lũ cuốn trôi thì được hỗ trợ bao nhiêu tiền?",
    "nha sap do bao lu thi lam don xin ho tro o dau",
    "Người hưởng trợ cấp chết thì được mai táng phí bao nhiêu?",
    "từ từ cho tôi hỏi hộ nghèo được vay bao nhiêu",
    "tu tu toi hoi da, ho ngheo co phai dong hoc phi khong",
    "mẹ tôi mất rồi thì hưởng trợ cấp gì",
    "hộ nghèo có được hỗ trợ gạo không",
    "con đánh giá hộ nghèo thế nào",
    "bo danh gia tai san khi xet ho ngheo nhu the nao",
    "cháu mồ côi ở với bà thì được hưởng gì",
    "hết hạn sổ hộ nghèo thì làm sao",
    "nuoc sach nong thon vay bao nhieu",
    "Đăng ký nhà đại đoàn kết ở Mặt trận xã",
    "Gia đình gặp biến cố trong năm được bổ sung vào danh sách hộ nghèo không?",
    "can bo thon can danh sach chi so",
    "Bị đánh trượt mà không ai cho biết lý do thì hỏi ai?",
    "phan anh an danh ve ho ngheo gia duoc khong",
    "Lũ cuốn mất giấy chứng nhận hộ nghèo, xin lại kiểu gì?",
]


@pytest.mark.parametrize("text", DANGER)
def test_danger_is_heard(text: str) -> None:
    assert is_danger(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_questions_are_not(text: str) -> None:
    assert not is_danger(text)
