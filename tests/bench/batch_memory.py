"""Make one PDF of the score sheets on standard input and print the peak memory of this process in MB."""

import pickle
import re
import sys
from pathlib import Path

from config.wsgi import application
from reporting.score_sheet_batch import score_sheets_pdf

assert application, "loaded as it is in a server"
score_sheets_pdf(pickle.load(sys.stdin.buffer))  # noqa: S301  written by the process that started this one
# Not getrusage: its peak is inherited from the process that started this one.
print(int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024)
