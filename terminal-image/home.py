"""What keeps a home folder from taking files."""

import os

#: With less room than this (in bytes) nothing useful can be saved.
LITTLE = 1024 * 1024


def trouble(home: str) -> str:
    """In a word what is wrong with the folder: "missing", "read-only", "full" or nothing."""
    try:
        system = os.statvfs(home)
    except OSError:
        return "missing"
    if system.f_flag & os.ST_RDONLY or not os.access(home, os.W_OK):
        return "read-only"
    # Some file systems have no blocks of their own to count.
    if system.f_blocks and system.f_bavail * system.f_frsize < LITTLE:
        return "full"
    return ""
