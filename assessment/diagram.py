"""docs/workflow.md, drawn from the transition table so that it cannot say anything else."""

from assessment.models import State
from assessment.transitions import TRANSITIONS

HEAD = """# 考评的状态和步骤

由 `assessment/transitions.py` 的 TRANSITIONS 生成（`manage.py draw_workflow > docs/workflow.md`），请勿手工修改。
"""


def draw_workflow() -> str:
    """Markdown with a Mermaid state diagram, the states and the transitions."""
    return "\n".join([HEAD, *diagram(), "", *states(), "", *transitions(), ""])


def diagram() -> list[str]:
    names = [f'    state "{state.label}" as {state.value}' for state in State]
    arrows = [
        f"    {source.value} --> {row.target.value} : {row.label}"
        for row in TRANSITIONS.values()
        for source in row.sources
        if row.name != "close"  # from everywhere: it would hide the rest
    ]
    starts = [
        f"    [*] --> {State.DRAFT.value} : 开始自评",
        f"    [*] --> {State.RECHECK.value} : 已命名单位被抽中复核",
    ]
    return ["```mermaid", "stateDiagram-v2", *names, *starts, *arrows, "```"]


def states() -> list[str]:
    rows = [f"| {state.label} | `{state.value}` | {state.owner} |" for state in State]
    return ["| 状态 | 代号 | 现在由谁办理 |", "| --- | --- | --- |", *rows]


def transitions() -> list[str]:
    rows = [
        "| {label} | {sources} | {target} | {roles} | {checks} |".format(
            label=row.label,
            sources="、".join(source.label for source in row.sources),
            target=row.target.label,
            roles="、".join(role.label for role in row.roles),
            checks="、".join(
                [f"`{check.__name__}`" for check in row.checks]
                + ["须填原因"] * row.needs_reason
                + ["须填依据文号"] * row.needs_document
                + ["须定期限"] * row.sets_last_day
            )
            or "无",
        )
        for row in TRANSITIONS.values()
    ]
    return ["| 步骤 | 从 | 到 | 谁 | 条件 |", "| --- | --- | --- | --- | --- |", *rows]
