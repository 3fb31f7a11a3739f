"""Days off by the arrangements that the State Council's office publishes each autumn for the year to come.

A year that has not been arranged yet has its weekends only, and says so (decision 11).
"""

from datetime import date, timedelta

from chinese_calendar import Holiday, get_holiday_detail

SATURDAY = 5
WEEKDAYS = "一二三四五六日"
NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


def is_arranged(year: int) -> bool:
    """Whether the holidays of the year are known."""
    try:
        get_holiday_detail(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_day_off(day: date) -> bool:
    """A weekend that is not worked, or a holiday; in a year that is not arranged, any weekend."""
    return get_holiday_detail(day)[0] if is_arranged(day.year) else day.weekday() >= SATURDAY


def why_off(day: date) -> str:
    """Why nobody works on the day: 星期日（中秋放假）, 星期四（国庆节放假）, 星期六; "" on a working day."""
    if not is_day_off(day):
        return ""
    weekday = f"星期{WEEKDAYS[day.weekday()]}"
    name = get_holiday_detail(day)[1] if is_arranged(day.year) else None
    return f"{weekday}（{NAMES[name]}放假）" if name else weekday


def working_days(begins: date, ends: date) -> int:
    """Days on which people work, both ends included."""
    days = (begins + timedelta(days=number) for number in range((ends - begins).days + 1))
    return sum(1 for day in days if not is_day_off(day))
