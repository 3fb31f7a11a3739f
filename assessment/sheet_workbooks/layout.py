"""What the writer and the reader of a 填报工作簿 agree on: the columns by their titles, and the key of a sheet."""

import re

from assessment.models import Assessment

CODE, PART, CONTENT, RULE, POINTS = "编号", "方面", "考评内容", "评分标准", "分值"
SUGGESTED, SENTENCE, SCORE, REASON = "建议分", "建议依据", "自评分", "扣分原因"
WIDTHS = {
    CODE: 7,
    PART: 9,
    CONTENT: 34,
    RULE: 34,
    POINTS: 7,
    SUGGESTED: 8,
    SENTENCE: 28,
    SCORE: 9,
    REASON: 34,
}
"""The columns in order, with their widths in half-width characters."""
READ = (CODE, SCORE, REASON)
"""The columns that are read back; everything else is there to be read by a person."""

KEY_LABEL = "表号："
KEY = re.compile(r"表号[：:]\s*([\w-]+)")


def key_of(assessment: Assessment) -> str:
    """What a sheet is known by, whatever it is called and wherever it stands."""
    return f"{assessment.community.code}-{assessment.campaign_year.year}"
