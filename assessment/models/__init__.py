"""The campaign, the standard, the assessment of a community in a year, its way through the review, and its title."""

from assessment.models.assessments import Assessment, ItemScore, ScoreSheet, Stage, State
from assessment.models.campaigns import Campaign, CampaignYear
from assessment.models.candidates import Candidate, CandidateList, NoticeObjection
from assessment.models.consultation import Consultation, Opinion
from assessment.models.evidence import Evidence
from assessment.models.histories import ReturnReason, StateChange
from assessment.models.inspections import Inspection, InspectionPhoto, InspectionScore, Ruling, Signature
from assessment.models.rectification import Rectification, RectificationNotice, RectificationPhoto
from assessment.models.reorganising import AssessmentDecision, TitleDecision
from assessment.models.sampling import FrameUnit, Replacement, SamplingDraw
from assessment.models.schedule import CampaignDate, DeadlineException, NonApplication, Notice, TownTarget
from assessment.models.standards import Item, Method, Part, Standard
from assessment.models.titles import Designation, TitleDocument

__all__ = [
    "Assessment",
    "AssessmentDecision",
    "Campaign",
    "CampaignDate",
    "CampaignYear",
    "Candidate",
    "CandidateList",
    "Consultation",
    "DeadlineException",
    "Designation",
    "Evidence",
    "FrameUnit",
    "Inspection",
    "InspectionPhoto",
    "InspectionScore",
    "Item",
    "ItemScore",
    "Method",
    "NonApplication",
    "Notice",
    "NoticeObjection",
    "Opinion",
    "Part",
    "Rectification",
    "RectificationNotice",
    "RectificationPhoto",
    "Replacement",
    "ReturnReason",
    "Ruling",
    "SamplingDraw",
    "ScoreSheet",
    "Signature",
    "Stage",
    "Standard",
    "State",
    "StateChange",
    "TitleDecision",
    "TitleDocument",
    "TownTarget",
]
