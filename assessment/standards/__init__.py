"""考评标准: from a file to a published version, and from a metric to a suggested score with its sentence.

`file` reads rows, `importing` finds every problem by line, `publishing` writes a version once; `rules` and `sentences`
are pure arithmetic and wording.
"""
