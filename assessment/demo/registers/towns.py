"""社区科（办）: the four towns that the speech names have one, the others have not (R4)."""

from datetime import date

from assessment.demo.registers.chance import people, seeded
from communities.models import District, Town

OFFICES = {"湖塘镇": "社区科", "牛塘镇": "社区办", "横山桥镇": "社区办", "南夏墅街道": "社区科"}


def found_offices(district: District, *, first_year: int) -> None:
    """Whether a town has an office is known of every town; of the four also who heads it, and since when."""
    towns = list(district.towns.all())
    names = people(seeded("offices"), len(towns))
    for number, (town, head) in enumerate(zip(towns, names, strict=True)):
        town.has_community_office = town.name in OFFICES
        if town.has_community_office:
            town.office_name = f"{town}{OFFICES[town.name]}"
            town.office_head = head
            town.office_phone = f"0519-8000{number:04d}"
            town.office_set_up_on = date(first_year - 1, 3 + number % 9, 15)
    fields = ["has_community_office", "office_name", "office_head", "office_phone", "office_set_up_on"]
    Town.objects.bulk_update(towns, fields)
