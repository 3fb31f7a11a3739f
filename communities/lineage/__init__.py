"""区划调整: communities merge, split, take another name or town, become urban; each keeps its lineage (decision 14).

`founding` makes communities, `plans` say what will become of them, `faults` why not, `acts` carry it out. What becomes
of running assessments and of titles is decided one room above, in `assessment.reorganising`.
"""
