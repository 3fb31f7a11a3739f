"""One assessment on its way, and everybody who may push it on."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import AuditEvent
from assessment.models import Assessment, CampaignYear, StateChange
from assessment.workflow import advance
from communities.models import Appointment

SHANGHAI = ZoneInfo("Asia/Shanghai")
DURING = datetime(2012, 11, 1, 9, 0, tzinfo=SHANGHAI)

STEPS = {
    # step: (who, from, to), written from R68 to R71 and not from the code
    "submit": ({"town_officer"}, {"draft", "returned"}, "submitted"),
    "withdraw": ({"town_officer"}, {"submitted"}, "draft"),
    "receive": ({"bureau_officer"}, {"submitted"}, "received"),
    "close": ({"bureau_officer"}, {"draft", "submitted", "received", "returned"}, "closed"),
    "return": ({"bureau_officer"}, {"submitted", "received"}, "returned"),
}


@dataclass
class Case:
    assessment: Assessment
    people: dict[str, Appointment]

    def take(self, step: str, *, role: str = "", now: datetime = DURING, reason: str = "缺材料", **more) -> StateChange:
        """One step by the role it belongs to, unless another is named."""
        by = self.people[role or next(iter(STEPS[step][0]))]
        return advance(self.assessment, step, by=by, now=now, reason=reason, **more)

    def snapshot(self) -> tuple:
        """Everything a step could write."""
        return (
            Assessment.objects.filter(pk=self.assessment.pk).values().get(),
            list(StateChange.objects.values()),
            list(AuditEvent.objects.values()),
            CampaignYear.objects.get(pk=self.assessment.campaign_year_id).receipts,
        )
