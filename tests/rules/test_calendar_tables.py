"""Year tables: compiled, read back, and refused where they are wrong."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Fault
from domain.formats.canonical import dump, parse_object
from domain.rules.calendar import calendar_from, compile_year

from .calendars import FOLDER, cn, tables

GOOD = """
year = 2020
[[notice]]
number = "国办发明电〔2019〕16号"
issued = 2019-11-21
title = "通知"
holidays = [{ name = "春节", from = 2020-01-24, to = 2020-01-30 }]
workdays = [2020-01-19, 2020-02-01]
[[notice]]
number = "国办发明电〔2020〕1号"
issued = 2020-01-26
title = "延长"
holidays = [{ name = "春节", from = 2020-01-31, to = 2020-02-02 }]
cancels = [2020-02-01]
"""


ANNUAL, EXTENSION = "国办发明电〔2019〕16号", "国办发明电〔2020〕1号"
OF_2020 = '〔2020〕1号"\nissued = 2020-01-26'  # the second notice's number and date
NOTHING = "number = '国发〔2020〕1号'\nissued = 2020-01-01\ntitle = '无'"


def _compiled(text: str, name: str = "cn-2020") -> dict:
    return compile_year(name, text.encode())


def _table(name: str) -> dict:
    return next(table for table in tables() if table["name"] == name)


def test_nine_years_are_shipped():
    assert [table["name"] for table in tables()] == [f"cn-{year}" for year in range(2018, 2027)]
    assert [path.name for path in sorted(FOLDER.glob("*.toml"))] == [f"cn-{year}.toml" for year in range(2018, 2027)]


def test_every_year_has_the_notice_that_arranges_it():
    numbers = {name: [n["number"] for n in table["notices"]] for name, table in ((t["name"], t) for t in tables())}
    assert numbers == {
        "cn-2018": ["国办发明电〔2017〕12号"],
        "cn-2019": ["国办发明电〔2018〕15号", "国办发明电〔2019〕3号"],
        "cn-2020": ["国办发明电〔2019〕16号", "国办发明电〔2020〕1号"],
        "cn-2021": ["国办发明电〔2020〕27号"],
        "cn-2022": ["国办发明电〔2021〕11号"],
        "cn-2023": ["国办发明电〔2022〕16号"],
        "cn-2024": ["国办发明电〔2023〕7号"],
        "cn-2025": ["国办发明电〔2024〕12号"],
        "cn-2026": ["国办发明电〔2025〕7号"],
    }


def test_a_compiled_table_survives_canonical_json_and_reading():
    for table in tables():
        stored = parse_object(dump(table))
        assert stored == table
        assert calendar_from([stored]).years[stored["year"]].as_json() == table


def test_compiling_twice_gives_the_same_bytes_whatever_the_order_of_notices():
    first, second = GOOD.split("[[notice]]")[1:]
    turned = f"year = 2020\n[[notice]]{second}\n[[notice]]{first}"
    assert dump(_compiled(turned)) == dump(_compiled(GOOD))


def test_a_compiled_table_spells_out_its_days():
    days = _compiled(GOOD)["days"]
    assert days["2020-01-24"] == {"working": False, "name": "春节放假", "notice": ANNUAL}
    assert days["2020-02-01"] == {"working": False, "name": "春节放假", "notice": EXTENSION}
    assert "2020-02-03" not in days
    assert list(days) == sorted(days)


def test_a_day_cancelled_and_not_set_anew_is_ordinary_again_by_the_cancelling_notice():
    text = GOOD.replace("to = 2020-02-02", "to = 2020-01-31")
    assert _compiled(text)["days"]["2020-02-01"] == {
        "working": False,
        "name": "周末",
        "notice": "国办发明电〔2020〕1号",
    }


def test_what_the_year_before_arranged_for_december_can_be_cancelled_without_its_table_at_hand():
    days = _compiled(GOOD.replace("cancels = [", "cancels = [2019-12-28, "))["days"]
    assert days["2019-12-28"] == {"working": False, "name": "周末", "notice": EXTENSION}


def test_a_table_reaches_from_the_december_before_to_its_own_december():
    edges = "holidays = [{ name = '末', from = 2020-12-31, to = 2020-12-31 },"
    text = GOOD.replace("[2020-01-19", "[2019-12-01").replace("holidays = [", edges, 1)
    days = _compiled(text)["days"]
    assert (min(days), max(days)) == ("2019-12-01", "2020-12-31")


def test_a_table_may_be_as_large_as_its_limits():
    full = GOOD.encode()
    assert compile_year("cn-2020", full + b"#" * (65_536 - len(full))) == _compiled(GOOD)
    assert _compiled(GOOD.replace('"延长"', f'"{"长" * 200}"'))["notices"][1]["title"] == "长" * 200


def test_a_holiday_may_last_31_days():
    assert "2020-03-01" in _compiled(GOOD.replace("to = 2020-02-02", "to = 2020-03-01"))["days"]


def test_two_versions_of_a_year_count_together_in_any_order():
    annual, _, _ = (FOLDER / "cn-2020.toml").read_text().rpartition("[[notice]]")
    early = _compiled(annual)
    rest = [table for table in tables() if table["name"] != "cn-2020"]
    assert calendar_from([*rest, early]).working(date(2020, 2, 1))
    assert calendar_from([*rest, early, _table("cn-2020")]) == cn()
    assert calendar_from([_table("cn-2020"), *rest, early]) == cn()


def test_one_number_with_two_texts_is_refused():
    other = _compiled(GOOD.replace("2020-01-19, ", ""))
    with pytest.raises(Fault) as caught:
        calendar_from([_compiled(GOOD), other])
    assert caught.value.code == "calendar-conflict"


def test_calendars_are_not_mixed():
    with pytest.raises(Fault) as caught:
        calendar_from([_compiled(GOOD), _compiled(GOOD, "elsewhere-2020")])
    assert caught.value.code == "calendar-name"


def test_no_tables_are_no_calendar():
    with pytest.raises(Fault) as caught:
        calendar_from([])
    assert caught.value.code == "calendar-empty"


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("year = 2020", "year = 2021", "calendar-year", "cn-2020:year"),
        ("year = 2020", "year = true", "calendar-year", "cn-2020:year"),
        ("year = 2020", "", "calendar-key", "cn-2020.year"),
        ("year = 2020", "year = 2020\ncountry = 'CN'", "calendar-key", "cn-2020.country"),
        ('title = "延长"', "", "calendar-key", "cn-2020:notice[2].title"),
        ('title = "延长"', 'title = "延长"\nurl = "x"', "calendar-key", "cn-2020:notice[2].url"),
        ('title = "延长"', 'title = ""', "calendar-value", "cn-2020:notice[2].title"),
        ('title = "延长"', 'title = "延\\u202E长"', "calendar-value", "cn-2020:notice[2].title"),
        ('title = "延长"', 'title = "e\\u0301"', "calendar-value", "cn-2020:notice[2].title"),
        ('title = "延长"', f'title = "{"长" * 201}"', "calendar-value", "cn-2020:notice[2].title"),
        ('title = "延长"', "title = 3", "calendar-value", "cn-2020:notice[2].title"),
        ("〔2020〕1号", "〔2019〕1号", "calendar-value", "cn-2020:notice[2].number"),
        ("国办发明电〔2020〕1号", "第一号", "calendar-value", "cn-2020:notice[2].number"),
        ("issued = 2020-01-26", "issued = 2020-01-26T08:00:00", "calendar-value", "cn-2020:notice[2].issued"),
        ("issued = 2020-01-26", 'issued = "一月"', "calendar-value", "cn-2020:notice[2].issued"),
        ("issued = 2020-01-26", 'issued = "2020-02-30"', "calendar-value", "cn-2020:notice[2].issued"),
        (OF_2020, '〔2021〕1号"\nissued = 2021-01-26', "calendar-year", "cn-2020:notice[2].issued"),
        ("to = 2020-02-02", "to = 2020-01-30", "calendar-value", "cn-2020:notice[2].holidays[1]"),
        ("to = 2020-02-02", "to = 2020-03-02", "calendar-value", "cn-2020:notice[2].holidays[1]"),
        ("from = 2020-01-31, to = 2020-02-02", "from = 2021-01-31, to = 2021-02-02",
         "calendar-year", "cn-2020:notice[2]"),
        ("workdays = [2020-01-19", "workdays = [2019-11-30", "calendar-year", "cn-2020:notice[1]"),
        ("workdays = [2020-01-19", "workdays = [2020-01-20", "calendar-weekday", "cn-2020:notice[1]"),
        ("workdays = [2020-01-19", "workdays = [2020-02-01", "calendar-overlap", "cn-2020:notice[1]"),
        ("workdays = [2020-01-19", "workdays = [2020-01-25", "calendar-overlap", "cn-2020:notice[1]"),
        ("cancels = [2020-02-01]", "cancels = []", "calendar-overlap", EXTENSION),
        ("cancels = [2020-02-01]", "cancels = [2020-02-01, 2020-02-08]", "calendar-cancel", EXTENSION),
        ("cancels = [2020-02-01]", "cancels = [2020-02-01, 2020-01-01]", "calendar-cancel", EXTENSION),
        ("cancels = [2020-02-01]", "cancels = 2020-02-01", "calendar-value", "cn-2020:notice[2].cancels"),
        (OF_2020, '〔2019〕17号"\nissued = 2019-11-21', "calendar-conflict", "国办发明电〔2019〕17号"),
        (OF_2020, '〔2019〕16号"\nissued = 2019-11-22', "calendar-conflict", "cn-2020:notice"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_and_the_place_is_named(old, new, code, place):
    assert GOOD.count(old) == 1
    with pytest.raises(Fault) as caught:
        _compiled(GOOD.replace(old, new))
    assert (caught.value.code, caught.value.defects[0].field) == (code, place)
    assert caught.value.defects[0].remedy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "calendar-key"),
        (b"year = 2020\nnotice = []", "calendar-empty"),
        (b"year = 2020\nnotice = 3", "calendar-value"),
        (b"year = 2020\nnotice = [3]", "calendar-value"),
        (b"year = 2020\n[[notice]]\n" + NOTHING.encode(), "calendar-empty"),
        (b"year = ", "calendar-syntax"),
        (b"year = 2020\nyear = 2020", "calendar-syntax"),
        (b"\xff", "calendar-syntax"),
        (b"year = " + b"9" * 5000, "calendar-syntax"),
        (b"year = 0x" + b"f" * 9000, "calendar-key"),
        (b"year = " + b"[" * 60_000, "calendar-syntax"),
        (b"#" * 70_000, "calendar-syntax"),
        (b"year = 2020\nnotice = [" + b"{}," * 65 + b"]", "calendar-value"),
        (b'year = 2020\n"a\\nb" = 1\nnotice = []', "calendar-key"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(text, code):
    with pytest.raises(Fault) as caught:
        compile_year("cn-2020", text)
    assert caught.value.code == code
    assert caught.value.defects[0].message.isprintable()


@pytest.mark.parametrize("name", ["cn", "2020", "cn-20", "CN-2020", "cn-0000", "cn-9999", "../cn-2020", "cn-2020\n"])
def test_a_wrong_name_is_refused(name):
    with pytest.raises(Fault) as caught:
        _compiled(GOOD, name)
    assert caught.value.code == "calendar-name"


def _without(table, *path):
    *way, last = path
    for step in way:
        table = table[step]
    del table[last]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda t: _without(t, "days", "2020-02-01"), "calendar-days"),
        (lambda t: t["days"]["2020-02-01"].update(working=True), "calendar-days"),
        (lambda t: t["days"]["2020-02-01"].update(working=0), "calendar-days"),
        (lambda t: t["days"].update({"2020-03-01": t["days"]["2020-02-01"]}), "calendar-days"),
        (lambda t: t["notices"].reverse(), "calendar-days"),
        (lambda t: _without(t, "notices", 0, "cancels"), "calendar-days"),
        (lambda t: t.update(year=2021), "calendar-days"),
        (lambda t: t.update(name="cn-2022"), "calendar-year"),
        (lambda t: t.update(name=3), "calendar-value"),
        (lambda t: t.update(extra=1), "calendar-key"),
        (lambda t: _without(t, "days"), "calendar-key"),
        (lambda t: t["notices"][0].update(workdays=["2020-1-19"]), "calendar-value"),
    ],
)
def test_a_compiled_table_that_was_changed_is_refused(spoil, code):
    table = _compiled(GOOD)
    calendar_from([copy.deepcopy(table)])
    spoil(table)
    with pytest.raises(Fault) as caught:
        calendar_from([table])
    assert caught.value.code == code


@given(st.data())
def test_a_flipped_byte_of_a_table_never_escapes_as_anything_but_a_fault(data):
    octets = bytearray((FOLDER / "cn-2020.toml").read_bytes())
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        table = compile_year("cn-2020", bytes(octets))
    except Fault as fault:
        assert fault.code.startswith("calendar-")  # noqa: PT017  # either outcome is right
    else:
        assert calendar_from([parse_object(dump(table))]).years[2020].as_json() == table
