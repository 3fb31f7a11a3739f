"""What had been reorganised in the demonstration district before its first year ended.

The office's file is the present: each community is what it says, and here it gets the past that led to it, through the
service the page uses.
"""

from datetime import date, datetime

from django.utils import timezone

from communities.lineage.acts import carry_out
from communities.lineage.founding import recall
from communities.lineage.plans import Terms, renaming, transferring, urbanising
from communities.models import Appointment, Category, Community, District, Role, Town


def record_past(district: District, first_year: int, *, now: datetime) -> None:
    """One village had another name, one belonged to another town, one urban community was a village."""
    by = Appointment.objects.filter(district=district, role=Role.BUREAU_OFFICER).first()
    today = timezone.localdate(now)

    def terms(month: int, reason: str, document: str) -> Terms:
        return Terms(min(date(first_year, month, 1), today), reason, document)

    renamed = community_of(district, "湖塘镇", "和庄村")
    recall(renamed, name="老庄村")
    reason = "地名规范化，恢复历史地名。"
    carry_out(renaming(renamed, name="和庄村"), terms(1, reason, f"武民发〔{first_year}〕1号"), by=by, now=now)
    moved = community_of(district, "高新区", "荣柏城村")
    new_town = moved.town
    recall(moved, town=Town.objects.get(district=district, name="南夏墅街道"))
    reason = "高新区扩区，就近划入管理。"
    carry_out(transferring(moved, town=new_town), terms(3, reason, f"武政发〔{first_year}〕6号"), by=by, now=now)
    urban = community_of(district, "牛塘镇", "永安社区")
    recall(urban, name="永安村", category=Category.RURAL)
    reason = "土地征收完毕，村民转为居民，撤村建居。"
    carry_out(urbanising(urban, name="永安社区"), terms(5, reason, f"武政发〔{first_year}〕11号"), by=by, now=now)


def community_of(district: District, town: str, name: str) -> Community:
    communities = Community.objects.select_related("town__district")
    return communities.get(town__district=district, town__name=town, name=name)
