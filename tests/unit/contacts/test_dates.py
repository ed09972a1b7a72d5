"""Dates: table O of the specification, and the cells that people and programs really write."""

from datetime import date, datetime

import pytest

from balcao.modules.contacts.cleaning.dates import DateOrder, clean_date, date_order
from balcao.modules.contacts.cleaning.findings import Cell, Cleaned, Finding

TODAY = date(2026, 11, 23)
INVALID = Cleaned("", (), (Finding("DATE_INVALID"),))
OUT_OF_RANGE = Cleaned("", (), (Finding("DATE_OUT_OF_RANGE"),))


def _formatted(value: str) -> Cleaned:
    return Cleaned(value, (), (Finding("DATE_FORMATTED"),))


def test_table_o() -> None:
    order = date_order(["03/05/1990", "25/12/1980"])
    assert clean_date("03/05/1990", order, today=TODAY) == _formatted("1990-05-03")
    assert clean_date(32996, order, today=TODAY) == _formatted("1990-05-03")
    assert clean_date(36585, order, today=TODAY) == _formatted("2000-02-29")
    assert clean_date("31/02/1990", order, today=TODAY) == INVALID


@pytest.mark.parametrize(
    "cell",
    [
        "03/05/1990", "3/5/1990", "3/5/90", "03.05.1990", "03-05-1990", "03 05 1990", "03/05-1990", " 03/05/1990 ", "'03/05/1990", "(03/05/1990)",
        "3.5.1990.", "03/05/1990 10:30", "03/05/1990 10:30:15", "03/05/1990, 10:30 PM", "03/05/1990 às 10h30", "03/05/90 10:00:00 PM",
        "1990/05/03", "1990.5.3", "1990-05-03T00:00:00", "1990-05-03T10:00:00.000Z", "1990-05-03 10:00:00-03:00", "1990-05-03 00:00:00",
        "3 de maio de 1990", "03 mai 1990", "3-mai-90", "3/mai/1990", "3 MAIO 1990", "3mai1990", "3 de mai. de 1990", "3º de maio de 1990", "3 May 1990",
        "3rd May 1990", "3 of May 1990", "May 3, 1990", "may 3 1990", "May 3rd, 1990", "maio 3, 1990", "1990-mai-03", "quinta-feira, 3 de maio de 1990",
        "Thu, 3 May 1990", "Thursday, May 3, 1990", "qui. 3 mai 1990", "03051990", "19900503", "０３/０５/１９９０", 3051990, 19900503, 32996.75,
        datetime(1990, 5, 3, 8), "3 mai '90",
    ],
)  # fmt: skip
def test_one_day_in_many_dresses(cell: Cell) -> None:
    assert clean_date(cell, DateOrder.DAY_FIRST, today=TODAY) == _formatted("1990-05-03")


@pytest.mark.parametrize("cell", ["1990-05-03", datetime(1990, 5, 3), date(1990, 5, 3)])
def test_a_clean_date_stays(cell: Cell) -> None:
    assert clean_date(cell, DateOrder.MIXED, today=TODAY) == Cleaned("1990-05-03")


@pytest.mark.parametrize("month", range(1, 13))
def test_months_by_name(month: int) -> None:
    portuguese = [
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ]  # noqa: SIM905
    english = "January February March April May June July August September October November December".split()  # noqa: SIM905
    for name in (
        portuguese[month - 1],
        english[month - 1],
        portuguese[month - 1][:3].upper(),
        english[month - 1][:3],
    ):
        assert clean_date(f"5 {name} 1990", DateOrder.UNSEEN, today=TODAY).value == f"1990-{month:02d}-05"
        assert clean_date(f"5{name}1990", DateOrder.UNSEEN, today=TODAY).value == f"1990-{month:02d}-05"


@pytest.mark.parametrize(
    "cell",
    [
        "mar/90", "05/1990", "03/05", "maio de 1990", "32996", "32996.0", "3 1990 maio", "29/02/1991", "1991-02-29", "31 de abril de 1990", "12/25/1990",
        "0000-05-03", "45/13/1990", "ontem", "3 xyz 1990", "1990", "90-05-03", True, False, -5, 60, 0.5, 1e300, float("inf"), 123456, "x" * 100, "1234567",
        "99999999", "30 fev 1990",
    ],
)  # fmt: skip
def test_no_dates(cell: Cell) -> None:
    assert clean_date(cell, DateOrder.DAY_FIRST, today=TODAY) == INVALID


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        " ",
        "-",
        "n/a",
        "  /  /    ",
        "__/__/____",
        0,
        0.0,
        float("nan"),
    ],
)
def test_nothing(cell: Cell) -> None:
    assert clean_date(cell, DateOrder.DAY_FIRST, today=TODAY) == Cleaned("")


@pytest.mark.parametrize(
    "cell",
    [
        "30/12/1899",
        "31/12/1899",
        "24/11/2026",
        "01/01/2030",
        "0001-01-01",
        "01/01/0001",
        date(1899, 12, 31),
        46351,
        "31/12/26",
    ],
)
def test_no_birthdays(cell: Cell) -> None:
    assert clean_date(cell, DateOrder.DAY_FIRST, today=TODAY) == OUT_OF_RANGE


def test_other_dates_may_lie_anywhere() -> None:
    assert clean_date("01/01/2030", DateOrder.DAY_FIRST, is_birthday=False, today=TODAY).value == "2030-01-01"
    assert clean_date("30/12/1899", DateOrder.DAY_FIRST, is_birthday=False, today=TODAY).value == "1899-12-30"


def test_the_limits_of_a_birthday() -> None:
    assert clean_date("01/01/1900", DateOrder.DAY_FIRST, today=TODAY).value == "1900-01-01"
    assert clean_date("31/12/1999", DateOrder.DAY_FIRST, today=TODAY).value == "1999-12-31"
    assert clean_date("01/01/2000", DateOrder.DAY_FIRST, today=TODAY).value == "2000-01-01"
    assert clean_date("23/11/2026", DateOrder.DAY_FIRST, today=TODAY).value == "2026-11-23"


@pytest.mark.parametrize(("year", "value"), [("26", "2026"), ("27", "1927"), ("00", "2000"), ("99", "1999")])
def test_years_of_two_digits(year: str, value: str) -> None:
    assert clean_date(f"3/5/{year}", DateOrder.DAY_FIRST, today=TODAY).value == f"{value}-05-03"
    assert clean_date(f"3 mai {year}", DateOrder.DAY_FIRST, today=TODAY).value == f"{value}-05-03"


@pytest.mark.parametrize(
    ("serial", "value"), [(1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (46349, "2026-11-23")]
)
def test_days_counted_from_1900(serial: int, value: str) -> None:
    assert clean_date(serial, DateOrder.UNSEEN, today=TODAY).value == value


@pytest.mark.parametrize(
    ("serial", "value"), [(1, "1904-01-02"), (0.25, "1904-01-01"), (31534, "1990-05-03")]
)
def test_days_counted_from_1904(serial: float, value: str) -> None:
    assert clean_date(serial, DateOrder.UNSEEN, is_1904=True, today=TODAY).value == value


def test_month_first() -> None:
    for cell in ("05/03/1990", "5/3/90", "05-03-1990 10:30", "05031990"):
        assert clean_date(cell, DateOrder.MONTH_FIRST, today=TODAY) == _formatted("1990-05-03")
    assert clean_date("12/31/1990", DateOrder.MONTH_FIRST, today=TODAY).value == "1990-12-31"
    assert clean_date("25/12/1990", DateOrder.MONTH_FIRST, today=TODAY) == INVALID


def test_a_mixed_column_gives_errors_where_either_is_possible() -> None:
    assert clean_date("03/05/1990", DateOrder.MIXED, today=TODAY) == Cleaned(
        "", (), (Finding("DATE_ORDER_MIXED"),)
    )
    assert clean_date("05/05/1990", DateOrder.MIXED, today=TODAY).value == "1990-05-05"
    assert clean_date("25/12/1990", DateOrder.MIXED, today=TODAY).value == "1990-12-25"
    assert clean_date("12/25/1990", DateOrder.MIXED, today=TODAY).value == "1990-12-25"
    assert clean_date("3 mai 1990", DateOrder.MIXED, today=TODAY).value == "1990-05-03"


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], DateOrder.UNSEEN),
        ([None, 32996, "1990-05-03", "3 mai 1990", "x", "1" * 100, datetime(1990, 5, 13)], DateOrder.UNSEEN),
        (["03/05/1990"], DateOrder.ASSUMED),
        (["03/05/1990", "45/13/1990"], DateOrder.ASSUMED),
        (["03/05/1990", " 25/12/1980 "], DateOrder.DAY_FIRST),
        (["05/03/1990", "12/25/1980"], DateOrder.MONTH_FIRST),
        (["25/12/1980", "12/25/1980"], DateOrder.MIXED),
        (["25/12/1980"] * 49 + ["12/25/1980"], DateOrder.MIXED),
        # One mistake of typing does not make fifty good dates doubtful.
        (["25/12/1980"] * 50 + ["12/25/1980"], DateOrder.DAY_FIRST),
        (["12/25/1980"] * 50 + ["25/12/1980"], DateOrder.MONTH_FIRST),
    ],
)
def test_the_order_of_a_column(cells: list[Cell], order: DateOrder) -> None:
    assert date_order(cells) is order
