"""One assessment on its way, and everybody who may push it on."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.models import AuditEvent
from assessment.models import Assessment, CampaignYear, StateChange
from assessment.transitions import TRANSITIONS
from assessment.workflow import advance
from communities.models import Appointment

SHANGHAI = ZoneInfo("Asia/Shanghai")
DURING = datetime(2012, 11, 1, 9, 0, tzinfo=SHANGHAI)

BUREAU = {"bureau_officer"}
CITY, PROVINCE = {"bureau_officer", "city_inspector"}, {"bureau_officer", "province_inspector"}
UNDER_WAY = {"draft", "submitted", "received", "returned", "inspected", "listed", "city_passed", "recognised"} | {
    *("recheck", "rectifying", "reinspecting", "to_be_revoked")
}

STEPS = {
    # step: (who, from, to), written from R68 to R71 and not from the code
    "submit": ({"town_officer"}, {"draft", "returned"}, "submitted"),
    "withdraw": ({"town_officer"}, {"submitted"}, "draft"),
    "receive": (BUREAU, {"submitted"}, "received"),
    "return": (BUREAU, {"submitted", "received"}, "returned"),
    "conclude": (BUREAU, {"received"}, "inspected"),
    "reopen": (BUREAU, {"inspected"}, "received"),
    "decline": (BUREAU, {"inspected"}, "unlisted"),
    "enlist": (BUREAU, {"inspected"}, "listed"),
    "delist": (BUREAU, {"listed"}, "unlisted"),
    "pass_city": (CITY, {"listed"}, "city_passed"),
    "fail_city": (CITY, {"listed"}, "failed"),
    "recognise": (PROVINCE, {"city_passed"}, "recognised"),
    "fail_province": (PROVINCE, {"city_passed"}, "failed"),
    "name": (BUREAU, {"recognised"}, "named"),
    "keep": (PROVINCE, {"recheck"}, "kept"),
    "order_rectification": (PROVINCE, {"recheck"}, "rectifying"),
    "report_rectified": ({"town_officer"}, {"rectifying"}, "reinspecting"),
    "keep_after_rectification": (PROVINCE, {"reinspecting"}, "kept"),
    "propose_revocation": (PROVINCE, {"rectifying", "reinspecting"}, "to_be_revoked"),
    "retain": (BUREAU, {"to_be_revoked"}, "kept"),
    "revoke": (BUREAU, {"to_be_revoked"}, "revoked"),
    "restore": (BUREAU, {"revoked"}, "kept"),
    "close": (BUREAU, UNDER_WAY, "closed"),
}


@dataclass
class Case:
    assessment: Assessment
    people: dict[str, Appointment]

    def take(self, step: str, *, role: str = "", now: datetime = DURING, reason: str = "缺材料", **more) -> StateChange:
        """One step by the role it belongs to, unless another is named, with all that it asks for."""
        by = self.people[role or min(STEPS[step][0])]
        row, given = TRANSITIONS[step], {}
        if row.needs_document:
            given["document"] = "苏民基〔2012〕38号"
        if row.sets_last_day:
            given["last_day"] = date(2012, 11, 20)
        return advance(self.assessment, step, by=by, now=now, reason=reason, **{**given, **more})

    def snapshot(self) -> tuple:
        """Everything a step could write."""
        return (
            Assessment.objects.filter(pk=self.assessment.pk).values().get(),
            list(StateChange.objects.values()),
            list(AuditEvent.objects.values()),
            CampaignYear.objects.get(pk=self.assessment.campaign_year_id).receipts,
        )
