"""Who may call which address of a register: the same for every register of a kind of unit, so a new one is covered.

The objects belong to 聚湖社区 of 湖塘镇, as in `tests/test_access.py`, where the columns and the words are explained.
"""

from communities.models.records import REGISTERS, Register

# Who sees a record: those of its unit and above; what the district keeps, everybody at work in the district.
#                        bureau leader town other worker neighbour administrator foreign liaison city province
SEES = {
    "community": "       ok     ok     ok   --    ok     --        no            --      no      no   no",
    "town": "            ok     ok     ok   --    ok     ok        no            --      no      no   no",
    "district": "        ok     ok     ok   ok    ok     ok        no            --      no      no   no",
}
# Who changes one: those who see it and keep the register; others who see it are told who does.
CHANGES = {
    "community": "       ok     no     ok   --    ok     --        no            --      no      no   no",
    "town": "            ok     no     ok   --    no     no        no            --      no      no   no",
    "district": "        ok     no     no   no    no     no        no            --      no      no   no",
}
# Who may begin something in the register for units of their own.
BEGINS = {
    "community": "       ok     no     ok   ok    ok     ok        no            ok      no      no   no",
    "town": "            ok     no     ok   ok    no     no        no            ok      no      no   no",
    "district": "        ok     no     no   no    no     no        no            ok      no      no   no",
}
READS = "                ok     ok     ok   ok    ok     ok        no            ok      no      no   no"
KEEPERS = "              ok     no     ok   ok    ok     ok        no            ok      no      no   no"
NOBODY = "               --     no     --   --    --     --        no            --      no      no   no"
REVEALS = {
    "community": "       ok     no     ok   --    ok     --        no            --      no      no   no",
    "town": "            ok     no     ok   --    ok     ok        no            --      no      no   no",
    "district": "        ok     no     ok   ok    ok     ok        no            --      no      no   no",
}
CONFIRMS = "             ok     no     ok   --    no     no        no            --      no      no   no"

Line = tuple[str, str, str, str]


def lines_of(register: Register) -> list[Line]:
    """(address, expected, arguments, method) of the addresses of a register; `pk` is its record."""
    unit, of_communities = register.unit, register.unit == "community"
    files = CHANGES[unit] if register.has_files else NOBODY
    removes = CHANGES[unit].replace("ok", "no") if register.slug == "profiles" else CHANGES[unit]
    return [
        ("record_list", READS, "", "get"),
        ("record_export", READS, "", "get"),
        ("record_add", BEGINS[unit], "", "get"),
        ("record", SEES[unit], "pk", "get"),
        ("record", SEES[unit] if register.slug == "profiles" else CHANGES[unit], "pk", "post"),
        ("record_reveal", REVEALS[unit], "pk", "post"),
        ("record_attach", files, "pk", "post"),
        ("record_detach", files, "pk file_pk", "post"),
        ("register_confirm", CONFIRMS if of_communities else in_nothing(CONFIRMS), "code", "post"),
        ("register_reopen", CONFIRMS if of_communities else in_nothing(CONFIRMS), "code", "post"),
        ("register_nil", settles(register), "code", "post"),
        ("record_remove", removes, "pk", "post"),
        *(ROLE_ONLY if is_first_of_its_kind(register) else []),
    ]


ROLE_ONLY: list[Line] = [
    ("record_template", KEEPERS, "", "get"),
    ("record_import", KEEPERS, "", "get"),
    ("record_import", KEEPERS, "", "post"),
    ("record_import_preview", KEEPERS, "", "get"),
    ("record_import_confirm", KEEPERS, "", "post"),
    ("record_import_annotated", KEEPERS, "", "get"),
    ("record_bulk", KEEPERS, "", "post"),
]
"""What only the role decides before a file or a choice is sent: asked of one register of each kind of unit."""


def is_first_of_its_kind(register: Register) -> bool:
    return register is next(found for found in REGISTERS.values() if found.unit == register.unit)


def in_nothing(expected: str) -> str:
    """The same gate before something that does not exist."""
    return expected.replace("ok", "--")


def settles(register: Register) -> str:
    """The register is not empty: those who keep it are told that there are records."""
    keeps = CHANGES["community"]
    return keeps.replace("ok", "no") if register.unit == "community" else in_nothing(KEEPERS)


def names() -> set[str]:
    return {f"communities:{name}" for register in REGISTERS.values() for name, *_rest in lines_of(register)}
