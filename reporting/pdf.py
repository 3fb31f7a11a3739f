"""HTML to PDF. The only module that touches WeasyPrint.

WeasyPrint is loaded with the first PDF, not with the site: it takes half a second and needs Pango, and a server without
Pango must still start to say in /readyz what is missing.
"""

import gc
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, Never
from urllib.parse import unquote, urlsplit

from django.conf import settings

ASSETS = Path(settings.BASE_DIR) / "static"
PICTURE = "data:image/jpeg;base64,"
PROBE = '<html lang="zh-Hans"><p style="font-family: serif">社区（村）'

# Layout keeps a core busy and some 100 MB; one at a time in a process bounds the memory and costs no throughput.
rendering = Lock()


@cache
def weasyprint() -> ModuleType:
    """The engine. Raises OSError when Pango or HarfBuzz is not installed."""
    return import_module("weasyprint")


@cache
def own_files_only() -> Any:
    """A fetcher that opens what lies in static/ and refuses every other address, file:// and http:// alike.

    A picture that the document itself carries is opened, too: PICTURE begins it.

    A document names its stylesheets and pictures relative to static/: `<link rel="stylesheet" href="css/print.css">`.
    A photograph comes within the document itself (`reporting.pictures`).
    """
    fetcher = weasyprint().urls.URLFetcher

    class OwnFilesOnly(fetcher):  # type: ignore[misc,valid-type]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.startswith(PICTURE) and not is_own_file(url):
                refuse(url)
            return super().fetch(url, headers)

    return OwnFilesOnly(allow_redirects=False)


def is_own_file(url: str) -> bool:
    address = urlsplit(url)
    path = Path(unquote(address.path)).resolve()
    return address.scheme == "file" and not address.netloc and path.is_relative_to(ASSETS)


def refuse(url: str) -> Never:
    raise PermissionError(f"a document may not open {url[:200]}")


def font_configuration() -> Any:
    """Fonts that several documents share, so that together they embed each font once."""
    return weasyprint().text.fonts.FontConfiguration()


def render_pdf(html: str) -> bytes:
    """A finished HTML document as PDF bytes. A picture or stylesheet from elsewhere is left out, never fetched."""
    with rendering:
        content = document(html).write_pdf()
        # A laid-out document is a web of cycles that Python would collect when it happens to, several at a time.
        gc.collect()
    return content


def document(html: str) -> Any:
    return weasyprint().HTML(string=html, base_url=f"{ASSETS.as_uri()}/", url_fetcher=own_files_only())


@cache
def chinese_font_problem() -> str | None:
    """Why Chinese text would not print, as a sentence with what to do, or None. Answered once per process."""
    try:
        engine = weasyprint()
    except OSError as error:
        return f"PDF引擎不能启动（{error}），请安装 libpango-1.0-0、libpangoft2-1.0-0 后重启。"
    if engine.text.ffi.harfbuzz_subset is None:
        return "缺少 HarfBuzz 子集库，请安装 libharfbuzz-subset0 后重启。"
    fonts: list[Any] = []
    with rendering:
        document(PROBE).write_pdf(finisher=lambda laid_out, _pdf: fonts.extend(laid_out.fonts.values()))
    if not fonts or any(font.missing for font in fonts):
        return "没有找到中文字体，请安装 fonts-noto-cjk 后重启。"
    return None
