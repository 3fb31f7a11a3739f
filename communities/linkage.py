"""三社联动 of one community in one year: places, social organisations, projects and partners side by side (R56-R58)."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from communities.models import Community, PartnerAgreement, Room, SocialOrganisation, SocialWorkProject


@dataclass(frozen=True)
class Linkage:
    """`rooms` come with `users`, the organisations that meet there; `homeless` have no place of their own (R57)."""

    rooms: list[Room]
    organisations: list[SocialOrganisation]
    projects: QuerySet[SocialWorkProject]
    partners: QuerySet[PartnerAgreement]

    @property
    def homeless(self) -> list[SocialOrganisation]:
        return [organisation for organisation in self.organisations if organisation.venue_id is None]


def linkage_of(community: Community, year: int) -> Linkage:
    """Five queries, however much there is."""
    organisations = SocialOrganisation.objects.filter(community=community, year=year)
    users = Prefetch("organisations", queryset=organisations, to_attr="users")
    return Linkage(
        rooms=list(Room.objects.filter(community=community, year=year).prefetch_related(users)),
        organisations=list(organisations.select_related("venue")),
        projects=SocialWorkProject.objects.filter(community=community, year=year),
        partners=PartnerAgreement.objects.filter(community=community, year=year),
    )
