"""Words of residents and officers, and the units of today that they mean. Nothing is guessed."""

import time
from datetime import date

import pytest

from knowledge_base.units.gazetteer import Certainty, Gazetteer
from knowledge_base.units.seed import Seed
from knowledge_base.units.unit import Kind, Unit


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        # provinces, old and new
        ("Hà Nam", "Tỉnh Ninh Bình"),
        ("ha nam", "Tỉnh Ninh Bình"),
        ("tỉnh Hà Nam cũ", "Tỉnh Ninh Bình"),
        ("Bạc Liêu", "Tỉnh Cà Mau"),
        ("Thừa Thiên Huế", "Thành phố Huế"),
        ("tinh thua thien hue", "Thành phố Huế"),
        ("Huế", "Thành phố Huế"),
        ("Thái Nguyên", "Tỉnh Thái Nguyên"),
        # as people shorten them
        ("HN", "Thành phố Hà Nội"),
        ("TPHCM", "Thành phố Hồ Chí Minh"),
        ("TP.HCM", "Thành phố Hồ Chí Minh"),
        ("Sài Gòn", "Thành phố Hồ Chí Minh"),
        ("BRVT", "Thành phố Hồ Chí Minh"),
        ("daklak", "Tỉnh Đắk Lắk"),
        ("Hà Nội, Việt Nam", "Thành phố Hà Nội"),
        # communes of today
        ("xã Đồng Hỷ", "Xã Đồng Hỷ, tỉnh Thái Nguyên"),
        ("x. dong hi", "Xã Đồng Hỷ, tỉnh Thái Nguyên"),
        ("xã A Mú Sung", "Xã A Mú Sung, tỉnh Lào Cai"),
        ("thôn 3, xã Ea H'leo, Đắk Lắk", "Xã Ea H'Leo, tỉnh Đắk Lắk"),
        ("xa eahleo", "Xã Ea H'Leo, tỉnh Đắk Lắk"),
        ("thôn Đông xã Tân Cương thành phố Thái Nguyên", "Xã Tân Cương, tỉnh Thái Nguyên"),
        ("tôi ở xã Tân Cương, Thái Nguyên", "Xã Tân Cương, tỉnh Thái Nguyên"),
        ("xã Sa Pa", "Phường Sa Pa, tỉnh Lào Cai"),
        ("Văn Miếu Quốc Tử Giám", "Phường Văn Miếu - Quốc Tử Giám, thành phố Hà Nội"),
        ("huyện đảo Lý Sơn", "Đặc khu Lý Sơn, tỉnh Quảng Ngãi"),
        ("Côn Đảo", "Đặc khu Côn Đảo, thành phố Hồ Chí Minh"),
        # former communes, with the district that there was
        ("a mu sung bat xat lao cai", "Xã A Mú Sung, tỉnh Lào Cai"),
        ("P.5, Q.3, TP.HCM", "Phường Bàn Cờ, thành phố Hồ Chí Minh"),
        ("ap 5 xa Tan Lap, huyen Moc Hoa, Long An", "Xã Mộc Hóa, tỉnh Tây Ninh"),
        ("xã Hóa Thượng nay là xã Đồng Hỷ", "Xã Đồng Hỷ, tỉnh Thái Nguyên"),
        ("phường Sao Đỏ", "Phường Chu Văn An, thành phố Hải Phòng"),
        ("thị trấn Phước An", "Xã Krông Pắc, tỉnh Đắk Lắk"),
        # marks tell apart
        ("Đông Tiến, Thanh Hóa", "Phường Đông Tiến, tỉnh Thanh Hóa"),
    ],
)
def test_words_that_leave_one_unit(gazetteer: Gazetteer, said: str, meant: str) -> None:
    found = gazetteer.resolve(said)
    assert found.certainty == Certainty.CERTAIN, found
    assert found.place is not None
    assert found.place.name == meant


@pytest.mark.parametrize(
    ("said", "count", "among"),
    [
        ("xã Tân Lập", 23, "Xã Tân Lập, tỉnh Lâm Đồng"),  # one name in many provinces
        ("huyện Đồng Hỷ", 6, "Xã Nam Hòa, tỉnh Thái Nguyên"),  # a district that is no more
        ("Đồng Hỷ", 6, "Xã Đồng Hỷ, tỉnh Thái Nguyên"),  # a commune of today, and the district
        ("quận 1", 4, "Phường Sài Gòn, thành phố Hồ Chí Minh"),
        ("TP Thái Nguyên", 8, "Phường Gia Sàng, tỉnh Thái Nguyên"),  # not the province
        ("Sa Pa, Lào Cai", 6, "Phường Sa Pa, tỉnh Lào Cai"),
        ("phường Ba Đình", 3, "Phường Ba Đình, thành phố Hà Nội"),  # and two in Thanh Hóa before
        ("xa ha cau ha noi", 2, "Phường Kiến Hưng, thành phố Hà Nội"),  # it was divided
        ("dong tien, thanh hoa", 2, "Xã Đồng Tiến, tỉnh Thanh Hóa"),  # without marks
    ],
)
def test_words_that_may_mean_several(gazetteer: Gazetteer, said: str, count: int, among: str) -> None:
    found = gazetteer.resolve(said)
    assert found.certainty == Certainty.CHOICES
    assert len(found.places) == count
    assert among in [place.name for place in found.places]
    assert found.place is None


@pytest.mark.parametrize(
    "said",
    ["", "?", "abc xyz", "an", "1", "không", "mẹ tôi 74 tuổi", "xã", "xã Tân Lập, huyện Đồng Hỷ", "Hà Nam, Cà Mau"],
)
def test_words_that_name_no_unit_are_not_guessed_at(gazetteer: Gazetteer, said: str) -> None:
    assert gazetteer.resolve(said).certainty == Certainty.UNKNOWN


def test_endless_words_are_no_place(gazetteer: Gazetteer) -> None:
    for said in ("tan phu " * 20, "x " * 60, "Hà Nội " + "a" * 5_000, "xã " * 24):
        assert gazetteer.resolve(said).certainty == Certainty.UNKNOWN


def test_choices_name_first_what_is_called_so_today(gazetteer: Gazetteer) -> None:
    first, *_others = gazetteer.resolve("Đồng Hỷ").places
    assert (first.name, first.was) == ("Xã Đồng Hỷ, tỉnh Thái Nguyên", "")
    place = gazetteer.resolve("phường Sao Đỏ").place
    assert place is not None
    assert place.was == "Phường Sao Đỏ, thành phố Chí Linh"


def test_every_commune_is_found_by_its_whole_name(seed: Seed, gazetteer: Gazetteer) -> None:
    """With marks, and typed in small letters; and no other is certain instead."""
    for unit in seed.units:
        if unit.kind == Kind.COMMUNE and not unit.valid_to:
            found = gazetteer.resolve(gazetteer.full_name(unit).lower())
            assert unit.code in [place.code for place in found.places], unit


def test_every_former_commune_is_found_by_its_whole_name(seed: Seed, gazetteer: Gazetteer) -> None:
    lost = []
    for unit in seed.units[::3]:
        if unit.kind == Kind.COMMUNE and unit.valid_to:
            found = {place.code for place in gazetteer.resolve(gazetteer.full_name(unit)).places}
            if found.isdisjoint(gazetteer.today_of(unit.code)):
                lost.append(unit)
    assert lost == []


def test_resolving_takes_no_time(seed: Seed, gazetteer: Gazetteer) -> None:
    took = []
    for unit in seed.units[::97]:
        began = time.process_time()
        gazetteer.resolve(gazetteer.full_name(unit))
        took.append(time.process_time() - began)
    assert sorted(took)[len(took) * 95 // 100] < 0.005


def test_what_ended_later_leads_on_from_that_day() -> None:
    units = [
        Unit("01", "Tỉnh A", Kind.PROVINCE, "0", "0/01/"),
        Unit("00001", "Xã Một", Kind.COMMUNE, "01", "0/01/00001/", valid_to=date(2026, 12, 31)),
        Unit("00002", "Xã Hai", Kind.COMMUNE, "01", "0/01/00002/"),
    ]
    into = {"00001": ("00002",)}
    before, after = (Gazetteer(units, into, day) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert [place.code for place in before.resolve("xã Một").places] == ["00001"]
    assert [(place.code, place.was) for place in after.resolve("xã Một").places] == [("00002", "Xã Một")]
    assert after.place("00001") is None
    assert after.today_of("00001") == ("00002",)


def test_the_register_is_searched_by_name_and_code(gazetteer: Gazetteer) -> None:
    assert gazetteer.search("dong hi thai nguyen")[0].name == "Xã Đồng Hỷ"
    assert gazetteer.search("đồng hỷ")[0].name == "Xã Đồng Hỷ"
    assert [unit.code for unit in gazetteer.search("26734")][-1] == "old-26734"
    assert len(gazetteer.search("")) == len(gazetteer.units)
