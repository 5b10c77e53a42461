"""The headers of the gateway's own answers."""

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page_policy(ancestors: str) -> str:
    """A page of ours loads its style sheet and nothing else; `ancestors` may frame it."""
    return (
        "default-src 'none'; style-src 'self'; img-src data:; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    )
