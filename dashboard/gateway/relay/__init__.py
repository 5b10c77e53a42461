"""Requests passed on to servers behind the gateway, over unix sockets and loopback ports."""
