"""The import of the register 社区基本情况表: a file is guarded, read, understood, planned, then written at once.

`workbooks` (.xlsx guarded by `packages`, .xls read in `old_workbooks`) -> `register` (headings, cells, rows) -> `plan`
-> `apply`. Each step knows only the one before it. What is certain is read, what is not is asked as a `Problem` (R23).
"""
