"""The campaign, the standard, the assessment of a community in a year, its evidence and its title."""

from assessment.models.assessments import (
    Assessment,
    Designation,
    ItemScore,
    ScoreSheet,
    Stage,
    State,
    StateChange,
)
from assessment.models.campaigns import Campaign, CampaignYear
from assessment.models.evidence import Evidence
from assessment.models.reorganising import AssessmentDecision, TitleDecision
from assessment.models.standards import Item, Part, Standard

__all__ = [
    "Assessment",
    "AssessmentDecision",
    "Campaign",
    "CampaignYear",
    "Designation",
    "Evidence",
    "Item",
    "ItemScore",
    "Part",
    "ScoreSheet",
    "Stage",
    "Standard",
    "State",
    "StateChange",
    "TitleDecision",
]
