"""Make many PDFs of the HTML on standard input and print the peak memory of this process in MB."""

import re
import sys
from pathlib import Path

from config.wsgi import application
from reporting.pdf import render_pdf

assert application, "loaded as it is in a server"
html = sys.stdin.read()
for number in range(int(sys.argv[1])):
    render_pdf(html.replace("</h1>", f"（{number}）</h1>"))
# Not getrusage: its peak is inherited from the process that started this one.
print(int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024)
