"""填报工作簿: the self-assessment filled without a network, in WPS or LibreOffice, and read back (R23, R70).

`filling` (what goes into a sheet) -> `writing` -> a file -> `reading` (cells) -> `planning` (against what is stored) ->
`applying`. `identity` is the hidden sheet that tells which sheet of which revision a file was made from; `layout` is
what writer and reader agree on.
"""
