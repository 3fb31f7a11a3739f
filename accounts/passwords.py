"""Passwords that a machine makes for a person to read out and type once."""

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz"
CAPITALS = "ABCDEFGHJKMNPQRSTUVWXYZ"
DIGITS = "23456789"


def generate(length: int = 14) -> str:
    """A random password with small letters, capitals and digits, none of which look alike (no 0/O, 1/l/I)."""
    kinds = [LETTERS, CAPITALS, DIGITS]
    pool = "".join(kinds)
    characters = [secrets.choice(kind) for kind in kinds] + [secrets.choice(pool) for _ in range(length - len(kinds))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)
