"""What the page of new rectifications fills in by itself: the category of a fault, the next number. Pure."""

import re
from collections.abc import Collection

from assessment.models import Part, Rectification

Category = Rectification.Category

WORDS: tuple[tuple[Category, tuple[str, ...]], ...] = (
    (Category.ROOMS, ("功能室", "活动室", "阅览室", "警务室", "用房", "场所", "场地", "窗口", "设施", "器械")),
    (Category.RECORDS, ("台账", "资料", "记录", "名册", "登记", "签到", "协议", "档案", "会议纪要")),
    (Category.SURROUNDINGS, ("宣传", "公开栏", "公示", "标识", "上墙", "氛围", "保洁", "绿化", "卫生死角", "垃圾")),
)
"""Words that tell a category, the first that is met in this order."""

OF_PART: dict[Part, Category] = {
    Part.ORGANISATION: Category.OTHER,
    Part.PREMISES: Category.ROOMS,
    Part.SERVICES: Category.ROOMS,
    Part.REFORM: Category.RECORDS,
    Part.ORDER: Category.RECORDS,
    Part.CULTURE: Category.OTHER,
    Part.ENVIRONMENT: Category.SURROUNDINGS,
    Part.CIVILITY: Category.OTHER,
}
"""What a fault of a part mostly is about, where no word tells."""
LAST_NUMBER = re.compile(r"^(?P<head>.*?)(?P<count>\d+)号$", re.ASCII)


def category_of(part: int, *texts: str) -> Category:
    """By the words of the first text that has any (why points were taken, then the item), else by the part (R47)."""
    for text in texts:
        for category, words in WORDS:
            if any(word in text for word in words):
                return category
    return OF_PART[Part(part)]


def next_number(district: str, year: int, used: Collection[str]) -> str:
    """The number of the next notice, 武社区整〔2012〕7号: one on from the latest of `used` (in order), none of them."""
    latest = LAST_NUMBER.match(list(used)[-1]) if used else None
    head, count = (latest["head"], int(latest["count"])) if latest else (f"{district[:1]}社区整〔{year}〕", 0)
    while f"{head}{count + 1}号" in used:
        count += 1
    return f"{head}{count + 1}号"
