"""The registers: District > Town > Community, who acts for which unit, what is kept of them year by year."""

from communities.models.appointments import Appointment, Role
from communities.models.departments import Department
from communities.models.files import RecordFile, StoredFile
from communities.models.funding import DistrictBudget, Funding, FundingStandard, TownBudget
from communities.models.grid import GridCell, GridLog
from communities.models.ledger import LedgerEntry, LedgerKind
from communities.models.lineage import CommunityVersion, Reorganisation, ReorganisationPart
from communities.models.linkage import PartnerAgreement, SocialOrganisation, SocialWorkProject
from communities.models.locks import ClosedYear, RegisterCheck
from communities.models.organisation import OrganisationUnit, SupervisionMember
from communities.models.places import Category, Community, District, Town
from communities.models.platform import PlatformFunction
from communities.models.policies import Honour, Policy, SourceFigure, TownPolicy
from communities.models.premises import Premises, PremisesPlan, Room, Sign
from communities.models.profiles import YearProfile
from communities.models.services import AgencyCase, DutyRoster, ServiceItem
from communities.models.workers import CommunityWorker, Training

__all__ = [
    "AgencyCase",
    "Appointment",
    "Category",
    "ClosedYear",
    "Community",
    "CommunityVersion",
    "CommunityWorker",
    "Department",
    "District",
    "DistrictBudget",
    "DutyRoster",
    "Funding",
    "FundingStandard",
    "GridCell",
    "GridLog",
    "Honour",
    "LedgerEntry",
    "LedgerKind",
    "OrganisationUnit",
    "PartnerAgreement",
    "PlatformFunction",
    "Policy",
    "Premises",
    "PremisesPlan",
    "RecordFile",
    "RegisterCheck",
    "Reorganisation",
    "ReorganisationPart",
    "Role",
    "Room",
    "ServiceItem",
    "Sign",
    "SocialOrganisation",
    "SocialWorkProject",
    "SourceFigure",
    "StoredFile",
    "SupervisionMember",
    "Town",
    "TownBudget",
    "TownPolicy",
    "Training",
    "YearProfile",
]
