"""The words of a paper as page, PDF and Word, without the blanks between them."""

import re
import subprocess
from html import unescape
from io import BytesIO

from django.http import HttpResponse
from docx import Document


def squeezed(text: str) -> str:
    return "".join(text.split())


def page_of(response: HttpResponse) -> str:
    """The paper on the page, without the form beside it."""
    paper = response.content.decode().partition("<article")[2].partition(">")[2].partition("</article>")[0]
    return squeezed(unescape(re.sub("<[^>]+>", "", paper)))


def pdf_words(content: bytes) -> str:
    """In the order of the content; page numbers are left out."""
    command = ["pdftotext", "-raw", "-", "-"]
    text = subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()
    return squeezed(re.sub(r"— \d+ —", "", text))


def word_words(content: bytes) -> str:
    """Paragraphs and tables in their order; a cell over several columns once."""
    word = Document(BytesIO(content))
    told = []
    for part in word.iter_inner_content():
        if hasattr(part, "rows"):
            told += [cell.text for row in part.rows for cell in dict.fromkeys(row.cells)]
        else:
            told.append(part.text)
    return squeezed("".join(told))
