"""The hosts of remote pictures, as formats name them."""

import re

from dashboard.notes.fields import Fields
from dashboard.notes.report import Report

#: As strict as needed to put a host into a Content-Security-Policy.
HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$")


def image_hosts(fields: Fields, name: str, file: str, report: Report) -> tuple[str, ...]:
    """Return the hosts that remote pictures may come from, each valid and once."""
    hosts = []
    for entry in fields.texts(name):
        host = entry.raw.strip().lower()
        if not HOST.match(host):
            message = f"“{entry.raw}” is no host name; expected one like img.example.org"
            report.error(file, entry.line, message)
        elif host in hosts:
            report.doubt(file, entry.line, f"“{entry.raw}” is given twice")
        else:
            hosts.append(host)
    return tuple(hosts)
