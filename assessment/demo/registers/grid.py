"""网格: as many cells as the office's file has, and what their people do; not all households add up (R18, R55)."""

from collections.abc import Iterator
from datetime import date, timedelta

from assessment.demo.registers.chance import likely, parts_of
from assessment.demo.registers.units import Trait, Unit
from communities.models import GridCell, GridLog
from communities.models.grid import LogKind

DUTIES = "走访联系、信息采集、纠纷调解、安全巡查、政策宣传"
CONTACTS = ("走访困难家庭", "走访独居老人", "上门核对户籍信息", "宣传创建工作")
ISSUES = ("楼道堆放杂物", "路灯不亮", "邻里噪声纠纷", "下水道堵塞", "健身器材损坏", "违规停车堵塞通道")
HANDLERS = ("物业公司", "环卫所", "城管中队", "社区调解委员会", "供电所")
RECENT = 80
"""Days within which people of the grid were at the door, so that no quarter is empty."""


def grid_cells(unit: Unit) -> Iterator[GridCell]:
    random = unit.lasting("cells")
    number = unit.profile.grid_cells or 0
    if not number:
        return
    headless = random.randrange(number) if unit.has(Trait.HEADLESS) else None
    for index, households in enumerate(parts_of(counted_households(unit), number, random)):
        posted = bool(unit.profile.grid_published_on) or likely(random, 0.6)
        yield GridCell(
            **unit.identity,
            number=f"第{index + 1}网格",
            area=f"{unit.community.name}{index + 1}片区",
            households=households,
            head="" if index == headless else unit.names[index % max(1, unit.workers)],
            members=random.randrange(2, 5),
            duties=DUTIES,
            notice_posted=posted,
        )


def counted_households(unit: Unit) -> int:
    """All households of the community but where the cells leave some out, or count some twice."""
    households, random = unit.profile.registered_households or 0, unit.lasting("coverage")
    if unit.has(Trait.DOUBLE_COUNTED):
        return households + households // 30 + 1
    if unit.has(Trait.UNCOUNTED):
        return int(households * random.uniform(0.91, 0.995))
    if unit.profile.grid_published_on is None and likely(random, 0.3):
        return int(households * random.uniform(0.86, 0.99))
    return households


def grid_log(unit: Unit) -> Iterator[GridLog]:
    """Contacts at the door, and problems of which most are closed."""
    random, span, cells = unit.random, unit.span, unit.records[GridCell]
    if not cells:
        return
    for content in random.sample(CONTACTS, 2):
        day = span.days_before(random.randrange(RECENT))
        yield GridLog(
            **unit.identity,
            cell=random.choice(cells),
            kind=LogKind.CONTACT,
            found_on=day,
            content=content,
            households=random.randrange(3, 20),
        )
    issues = random.sample(ISSUES, random.choice([2, 3]))
    for number, content in enumerate(issues):
        yield issue(unit, content, span.day(random), is_open=number == 0 and unit.has(Trait.ISSUES_OPEN))


def issue(unit: Unit, content: str, found: date, *, is_open: bool) -> GridLog:
    random, last = unit.random, unit.span.last
    closed = found + timedelta(days=random.randrange(8))
    return GridLog(
        **unit.identity,
        cell=random.choice(unit.records[GridCell]),
        kind=LogKind.ISSUE,
        found_on=found,
        content=content,
        reported_on=found,
        handed_to=random.choice(HANDLERS),
        closed_on=None if is_open else min(closed, last),
    )
