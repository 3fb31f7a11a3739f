"""The registers: District > Town > Community, what is a number of the year, and who acts for which unit."""

from communities.models.appointments import Appointment, Role
from communities.models.lineage import CommunityVersion, Reorganisation, ReorganisationPart
from communities.models.places import Category, Community, District, Town
from communities.models.profiles import YearProfile

__all__ = [
    "Appointment",
    "Category",
    "Community",
    "CommunityVersion",
    "District",
    "Reorganisation",
    "ReorganisationPart",
    "Role",
    "Town",
    "YearProfile",
]
