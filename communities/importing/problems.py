"""What an import can say no to: a whole file (`FileRefusedError`) or one cell (`Problem`)."""

from dataclasses import dataclass


class FileRefusedError(Exception):
    """The file as a whole is not read; the message is a Chinese sentence for the person who sent it."""


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be read for certain. `cell` is an A1 address, empty where a whole sheet or file is meant."""

    sheet: str
    cell: str
    found: str
    expected: str
    message: str
