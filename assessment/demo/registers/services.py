"""便民服务: what can be done, who is on duty, what was handled (R22, R52-R54)."""

from collections.abc import Iterator
from datetime import date, timedelta

from assessment.demo.registers.chance import likely
from assessment.demo.registers.units import Trait, Unit
from communities.models import AgencyCase, DutyRoster, ServiceItem
from communities.models.services import PUBLIC_SERVICES

MATTERS = {
    "劳动就业": ("就业失业登记", "求职登记"),
    "社会救助": ("最低生活保障申请", "临时救助申请"),
    "社会治安": ("流动人口登记", "矛盾纠纷受理"),
    "医疗卫生": ("居民健康档案建立", "家庭医生签约"),
    "社会保障": ("居民养老保险参保登记", "居民医疗保险参保登记"),
}
LIMITS = ("当场办结", "3个工作日", "5个工作日", "15个工作日")
Slot = DutyRoster.Slot
OFF_PEAK = ((Slot.NOON, "11:30至13:30"), (Slot.EVENING, "17:30至19:30"), (Slot.DAY_OFF, "9:00至16:00"))
CASES = range(4, 8)
PROMISED_DAYS = 10
LAST_RECEIPT = (11, 30)
"""Late enough in the year that all is finished within it."""


def service_items(unit: Unit) -> Iterator[ServiceItem]:
    """Each of the five kinds; where some are missing, a window was set up and nothing handled, or not even that."""
    random = unit.random
    missing = set(random.sample(PUBLIC_SERVICES, random.choice([1, 2]) if unit.has(Trait.FEW_SERVICES) else 0))
    for number, kind in enumerate(PUBLIC_SERVICES):
        if kind in missing and likely(random, 0.5):
            continue
        yield ServiceItem(
            **unit.identity,
            kind=kind,
            name=random.choice(MATTERS[kind]),
            window=f"{number % 3 + 1}号窗口",
            time_limit=random.choice(LIMITS),
            is_published=likely(random, 0.95),
            handled=0 if kind in missing else 1 + int(random.randrange(20, 200) * unit.span.passed),
        )


def duty_rosters(unit: Unit) -> Iterator[DutyRoster]:
    random = unit.lasting("rosters")
    slots = [(Slot.WORKDAY, "8:30至17:30"), *random.sample(OFF_PEAK, random.choice([1, 2]))]
    for number, (slot, hours) in enumerate(slots):
        yield DutyRoster(
            **unit.identity,
            slot=slot,
            hours=hours,
            on_duty=unit.names[number % max(1, unit.workers)],
            phone=unit.phone(50),
            is_published=slot == Slot.WORKDAY or not unit.has(Trait.UNPUBLISHED),
        )


def cases(unit: Unit) -> Iterator[AgencyCase]:
    """Handled within the promised time; where they are late, one or two are not. The newest may still run."""
    random, span = unit.random, unit.span
    latest = date(span.year, *LAST_RECEIPT)
    days = sorted(min(span.day(random), latest) for _case in range(random.choice(CASES)))
    late = random.choice([1, 2]) if unit.has(Trait.LATE) else 0
    for number, received in enumerate(days):
        promised = received + timedelta(days=PROMISED_DAYS)
        finished = promised + timedelta(days=random.randrange(3, 20) if number < late else -random.randrange(1, 8))
        kind = random.choice(PUBLIC_SERVICES)
        yield AgencyCase(
            **unit.identity,
            number=f"{span.year}-{unit.community.code[-6:]}-{number + 1:03d}",
            kind=kind,
            matter=random.choice(MATTERS[kind]),
            received_on=received,
            first_asked=unit.names[random.randrange(max(1, unit.workers))],
            handed_to=random.choice(["", "", "镇便民服务中心", "派出所", "卫生院"]),
            promised_on=promised,
            finished_on=finished if finished <= span.last else None,
            called_back=likely(random, 0.92) if finished <= span.last else None,
        )
