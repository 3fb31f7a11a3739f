"""抽样记录 (form F10): everything that decided a draw, for signing; and the frame as files that anyone can check."""

import csv
import io
from dataclasses import dataclass

from django.template.loader import render_to_string

from assessment.models import FrameUnit, Replacement, SamplingDraw, Stage
from assessment.sampling.frame import record_of
from assessment.sampling.statements import group_statement, strata_statement
from assessment.tables import KEY_SHOWN
from communities.statements import Statement
from communities.templatetags.official import fact, plain
from communities.workbooks import FORMULA_STARTS, clean
from reporting.pdf import render_pdf
from reporting.score_sheets import moment_of

SIGNATURES = ["主持人：", "抽样人：", "见证人：", "日期：　　　年　　月　　日"]
FRAME_HEADS = ["序号", "代码", "名称", "镇（开发区、街道）", "类别", "性质", "排序值", "抽中", "备注"]


@dataclass(frozen=True)
class Minutes:
    """One draw as it is written down. `drawn` in administrative order, as the sample stands after replacements."""

    draw: SamplingDraw
    headings: tuple[str, str]
    facts: list[tuple[str, str]]
    groups: Statement
    strata: Statement
    drawn: list[FrameUnit]
    swaps: list[Replacement]
    codes: dict[int, str]

    @property
    def check_command(self) -> str:
        return f"manage.py verify_draw {self.draw.campaign_year.year} {self.draw.stage}"


def minutes_of(draw: SamplingDraw) -> Minutes:
    """The minutes of a draw that came with its year, district and people; three queries."""
    units = list(FrameUnit.objects.filter(draw=draw))
    drawn = [unit for unit in units if unit.drawn]
    swaps = list(draw.replacements.select_related("removed", "added", "by"))
    district, stage = draw.campaign_year.campaign.district, Stage(draw.stage).label
    return Minutes(
        draw=draw,
        headings=(f"{district}{draw.campaign_year}省级和谐社区建设示范社区（村）", f"{stage}抽样记录"),
        facts=facts_of(draw, len(units), len(drawn), len(swaps)),
        groups=group_statement(draw.ratio, units),
        strata=strata_statement(draw, units),
        drawn=drawn,
        swaps=swaps,
        codes={unit.pk: unit.code for unit in units},
    )


def facts_of(draw: SamplingDraw, population: int, drawn: int, swaps: int) -> list[tuple[str, str]]:
    """What is written above the tables, blank rows left out."""
    rows = [
        ("抽样层级", draw.get_stage_display()),
        ("抽样比例", f"{plain(draw.ratio)}%"),
        ("抽样框单位数", f"{population}个"),
        ("抽中单位数", f"{drawn}个"),
        ("抽样框冻结", f"{moment_of(draw.frozen_at)}　{draw.frozen_by.name}"),
        ("抽样框摘要", draw.frame_digest),
        ("没有已命名单位的说明", draw.without_named),
        ("种子", draw.seed),
        ("抽样时间", moment_of(draw.drawn_at)),
        ("抽样地点", draw.place),
        ("主持人", draw.host),
        ("抽样人", draw.drawn_by.name if draw.drawn_by else ""),
        ("见证人", draw.witnesses),
        ("调换", f"{swaps}次"),
    ]
    return [(name, text) for name, text in rows if text]


def printed_minutes(draw: SamplingDraw) -> dict[str, object]:
    """The context of `reporting/_draw_minutes.html`."""
    return {"minutes": minutes_of(draw), "signatures": SIGNATURES, "key_shown": KEY_SHOWN, "key_slice": f":{KEY_SHOWN}"}


def minutes_html(draw: SamplingDraw) -> str:
    """The finished document that the PDF is rendered from."""
    return render_to_string("reporting/draw_minutes_pdf.html", printed_minutes(draw))


def minutes_pdf(draw: SamplingDraw) -> bytes:
    return render_pdf(minutes_html(draw))


def frame_json(draw: SamplingDraw) -> bytes:
    """What `verify_draw --file` and the program of docs/sampling.md read."""
    return record_of(draw).as_json().encode()


def frame_csv(draw: SamplingDraw) -> bytes:
    """The frame for people and their office programs: with a byte order mark, and no cell that acts as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FRAME_HEADS)
    for unit in FrameUnit.objects.filter(draw=draw):
        words = [unit.code, unit.name, unit.town_name, unit.get_category_display(), unit.get_standing_display()]
        writer.writerow([unit.position, *map(inert, [*words, unit.order_key, fact(unit.drawn or None), ""])])
    return out.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula (hostile case 28)."""
    kept = clean(text)
    return f"'{kept}" if kept.startswith(FORMULA_STARTS) else kept
