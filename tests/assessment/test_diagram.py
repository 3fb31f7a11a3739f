from pathlib import Path

from assessment.diagram import draw_workflow

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_diagram_in_the_docs_is_the_one_the_table_draws():
    assert (DOCS / "workflow.md").read_text() == draw_workflow()
