"""命名、撤销、恢复: a document of the province is entered, and every unit on it takes its step (R81, decisions 9, 16).

All or nothing: a document that cannot stand for one of its units stands for none, and every refusal is told at once.
A title is held from the date of the document that gave it to the date of the one that took it (`held_on`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from assessment.checks import Obstacle
from assessment.models import Assessment, CampaignYear, Designation, TitleDocument
from assessment.transitions import TRANSITIONS, Transition
from assessment.workflow import Refused, advance
from communities.files import UnfitFile, keep, taking
from communities.models import Appointment, StoredFile
from communities.templatetags.official import fact

Kind = TitleDocument.Kind


@dataclass(frozen=True)
class Fault:
    """Why a document cannot be entered: beside which field, and of which assessment where it is about one unit."""

    field: str
    message: str
    assessment_id: int = 0


class TitleRefused(Exception):
    """A document that may not be entered; `faults` say why, in Chinese."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("；".join(fault.message for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Paper:
    """What a person read off the document. `dated` is the day from which it counts."""

    kind: Kind
    campaign_year: CampaignYear
    number: str
    dated: date


def name_units(
    *,
    campaign_year: CampaignYear,
    assessments: Sequence[Assessment],
    number: str,
    dated: date,
    file: UploadedFile | None = None,
    by: Appointment,
    now: datetime,
) -> TitleDocument:
    """命名: every recognised unit holds the title from `dated` (R81). Raises TitleRefused and changes nothing."""
    return enter(Paper(Kind.NAMING, campaign_year, number.strip(), dated), assessments, file=file, by=by, now=now)


def revoke(
    *,
    assessments: Sequence[Assessment],
    number: str,
    dated: date,
    file: UploadedFile | None = None,
    by: Appointment,
    now: datetime,
) -> TitleDocument:
    """撤销称号 of units whose recheck ended in 建议撤销 (decision 9). Raises TitleRefused and changes nothing."""
    paper = Paper(Kind.REVOCATION, _year_of(assessments), number.strip(), dated)
    return enter(paper, assessments, file=file, by=by, now=now)


def restore(
    *,
    assessments: Sequence[Assessment],
    number: str,
    dated: date,
    file: UploadedFile | None = None,
    by: Appointment,
    now: datetime,
) -> TitleDocument:
    """恢复称号: a title anew from `dated`, beside the one that was revoked. Raises TitleRefused and changes nothing."""
    paper = Paper(Kind.RESTORATION, _year_of(assessments), number.strip(), dated)
    return enter(paper, assessments, file=file, by=by, now=now)


def _year_of(assessments: Sequence[Assessment]) -> CampaignYear:
    if not assessments:
        raise TitleRefused([Fault("units", "请至少选择一个单位。")])
    return assessments[0].campaign_year


def step_of(kind: Kind) -> Transition:
    return TRANSITIONS[RULES[kind].step]


# --- entering a document -------------------------------------------------------------------------------------------
def enter(
    paper: Paper, assessments: Sequence[Assessment], *, file: UploadedFile | None, by: Appointment, now: datetime
) -> TitleDocument:
    """Enter a document of any kind with its units, or raise TitleRefused and change nothing."""
    faults = faults_of_paper(paper, timezone.localdate(now))
    if not assessments:
        faults.append(Fault("units", "请至少选择一个单位。"))
    if faults:
        raise TitleRefused(faults)
    if file is None:
        with transaction.atomic():
            return _carry_out(paper, assessments, None, by=by, now=now)
    try:
        with taking(file, district=by.district, by=by) as stored:
            return _carry_out(paper, assessments, keep(stored), by=by, now=now)
    except UnfitFile as unfit:
        raise TitleRefused([Fault("file", str(unfit))]) from unfit


def faults_of_paper(paper: Paper, today: date, *, besides: TitleDocument | None = None) -> list[Fault]:
    """What is wrong with the document itself; `besides` is the one that is being corrected.

    When the recognition was entered says nothing of its date: the bureau often enters both once the document is there.
    """
    faults = []
    if not paper.number:
        faults.append(Fault("number", "请填写文号。"))
    if paper.dated > today:
        faults.append(Fault("dated", "成文日期不能晚于今天。"))
    begins = date(paper.campaign_year.year, 1, 1)
    if paper.dated < begins:
        faults.append(Fault("dated", f"成文日期不能早于{fact(begins)}，{paper.campaign_year}这一天才开始。"))
    same = TitleDocument.objects.filter(campaign_year=paper.campaign_year, kind=paper.kind, number=paper.number)
    if besides:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        faults.append(entered_already(paper.campaign_year, paper.kind, paper.number))
    return faults


def entered_already(campaign_year: CampaignYear, kind: Kind, number: str) -> Fault:
    return Fault("number", f"{campaign_year}{kind.label}文件“{number}”已经登记过，请在命名文件中查看。")


def _carry_out(
    paper: Paper, assessments: Sequence[Assessment], file: StoredFile | None, *, by: Appointment, now: datetime
) -> TitleDocument:
    """In a transaction of the caller's, which any refusal rolls back."""
    document = _write(paper, file, by)
    faults: list[Fault] = []
    for assessment in assessments:
        try:
            _settle(document, assessment, by=by, now=now)
        except Refused as refused:
            name = assessment.community.full_name
            faults += [Fault("units", f"{name}：{one.message}", assessment.pk) for one in refused.obstacles]
    if faults:
        raise TitleRefused(faults)
    told = {
        "文号": document.number,
        "成文日期": document.dated,
        "年度": str(paper.campaign_year),
        "单位数": len(assessments),
        "单位": "、".join(one.community.full_name for one in assessments),
        "文件": file.name if file else "",
    }
    audit.record(f"登记{paper.kind.label}文件", document, by=by.user, after=told)
    return document


def _write(paper: Paper, file: StoredFile | None, by: Appointment) -> TitleDocument:
    try:
        with transaction.atomic():
            return TitleDocument.objects.create(
                campaign_year=paper.campaign_year,
                kind=paper.kind,
                number=paper.number,
                dated=paper.dated,
                file=file,
                entered_by=by.user,
            )
    except IntegrityError:  # somebody entered the same document a moment ago
        raise TitleRefused([entered_already(paper.campaign_year, paper.kind, paper.number)]) from None


@transaction.atomic
def _settle(document: TitleDocument, assessment: Assessment, *, by: Appointment, now: datetime) -> None:
    """One unit's step and what it does to the title, or Refused and neither."""
    if assessment.campaign_year_id != document.campaign_year_id:
        raise _refusal(f"不是{document.campaign_year}的考评。")
    rule = RULES[Kind(document.kind)]
    advance(assessment, rule.step, by=by, now=now, document=document.number)
    try:
        with transaction.atomic():
            rule.write(document, assessment)
    except IntegrityError:
        raise _refusal("称号刚刚已由他人登记，请刷新后再操作。") from None


def _refusal(message: str) -> Refused:
    return Refused([Obstacle(message)])


# --- what each kind does to the title -------------------------------------------------------------------------------
def _held(assessment: Assessment) -> Designation | None:
    return Designation.objects.filter(community=assessment.community_id, revoked_on=None).first()


def _refuse_second_title(assessment: Assessment) -> None:
    held = _held(assessment)
    if held:
        raise _refusal(f"已持有称号（{held.document_number}），不能再授予一个。")


def _name(document: TitleDocument, assessment: Assessment) -> None:
    _refuse_second_title(assessment)
    _give(document, assessment, assessment.campaign_year)


def _revoke(document: TitleDocument, assessment: Assessment) -> None:
    held = _held(assessment)
    if held is None:
        raise _refusal("没有可撤销的称号。")
    since = held.inherited_on or held.named_on
    if document.dated < since:
        raise _refusal(f"称号自{fact(since)}起持有，撤销日期不能早于这一天。")
    taken = Designation.objects.filter(pk=held.pk, revoked_on=None, named_on=held.named_on)
    if not taken.update(revoked_on=document.dated, revocation=document):
        raise _refusal("称号刚刚已由他人登记，请刷新后再操作。")


def _restore(document: TitleDocument, assessment: Assessment) -> None:
    _refuse_second_title(assessment)
    lost = Designation.objects.filter(community=assessment.community_id, revocation__isnull=False)
    last = lost.select_related("campaign_year").order_by("-revoked_on", "-pk").first()
    if last is None:
        raise _refusal("没有被撤销的称号可以恢复。")
    if last.revoked_on and document.dated < last.revoked_on:
        raise _refusal(f"称号于{fact(last.revoked_on)}撤销，恢复日期不能早于这一天。")
    _give(document, assessment, last.campaign_year)


def _give(document: TitleDocument, assessment: Assessment, campaign_year: CampaignYear) -> None:
    if assessment.community.closed_on:
        raise _refusal(f"该单位已于{fact(assessment.community.closed_on)}撤销，不能再持有称号。")
    Designation.objects.create(
        community_id=assessment.community_id,
        campaign_year=campaign_year,
        document_number=document.number,
        named_on=document.dated,
        document=document,
    )


@dataclass(frozen=True)
class Rule:
    """The step that a document of a kind takes its units, and what it does to their titles."""

    step: str
    write: Callable[[TitleDocument, Assessment], None]


RULES = {
    Kind.NAMING: Rule("name", _name),
    Kind.REVOCATION: Rule("revoke", _revoke),
    Kind.RESTORATION: Rule("restore", _restore),
}
