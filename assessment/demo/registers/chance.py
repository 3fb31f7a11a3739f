"""Chance that repeats: the same district at every load, whatever the order of the registers."""

from random import Random

SEED = 20120930

SURNAMES = (
    *"王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧",
    *"程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜",
)
GIVEN = (
    *("建国", "志明", "小红", "秀英", "国平", "丽华", "文斌", "玉兰", "永康", "桂芳", "海涛", "雪梅", "卫东", "春燕"),
    *("立新", "晓东", "美娟", "建华", "志强", "红霞", "国强", "金花", "伟民", "亚萍", "明辉", "素珍", "和平", "惠芬"),
    *("荣华", "静", "军", "敏", "涛", "丽", "洁", "勇", "芳", "伟", "艳", "磊", "娟", "鹏", "琴", "俊", "霞", "斌"),
)


def seeded(*parts: object) -> Random:
    """A source of chance of its own for whatever `parts` name: a community, a year, a topic."""
    return Random("|".join(str(part) for part in (SEED, *parts)))  # noqa: S311  # a story that repeats, not a secret


def likely(random: Random, share: float) -> bool:
    """True in that share of all tries."""
    return random.random() < share


def people(random: Random, number: int) -> list[str]:
    """So many different names."""
    chosen = random.sample(range(len(SURNAMES) * len(GIVEN)), number)
    return [SURNAMES[index // len(GIVEN)] + GIVEN[index % len(GIVEN)] for index in chosen]


def parts_of(whole: int, number: int, random: Random) -> list[int]:
    """`whole` divided into so many parts of about the same size that add up to it again."""
    weights = [random.uniform(0.8, 1.2) for _part in range(number)]
    parts = [int(whole * weight / sum(weights)) for weight in weights]
    parts[0] += whole - sum(parts)
    return parts
