"""The addresses of the terminal server; everything else is 404."""

import os

import tornado.web
from addresses import Projects
from connection import Connection
from objects import Objects
from pages import HERE, Addresses, Beginning, Health, Making, Missing, Ports, Static, View
from protocol import FRAME_LIMIT
from sessions import Sessions

NAME = r"([a-z0-9-]{1,32})"


def application(
    sessions: Sessions, most_connections: int, projects: Projects, objects: Objects
) -> tornado.web.Application:
    """The routes; Butterfly's own are never among them."""
    pages = {"sessions": sessions}
    return tornado.web.Application(
        [
            (r"/health", Health, {**pages, "objects": objects}),
            (r"/objects", Making, {**pages, "objects": objects}),
            (r"/ports", Ports, pages),
            (r"/addresses", Addresses, {**pages, "projects": projects}),
            (rf"/begin/{NAME}", Beginning, pages),
            (rf"/session/{NAME}", View, pages),
            (r"/static/([A-Za-z0-9./-]{1,64})", Static, pages),
            (rf"/ws/session/{NAME}", Connection, {**pages, "most": most_connections}),
        ],
        default_handler_class=Missing,
        default_handler_args=pages,
        template_path=os.path.join(HERE, "templates"),
        # Twice the limit, so that a frame somewhat too big gets a proper goodbye from us.
        websocket_max_message_size=2 * FRAME_LIMIT,
        log_function=lambda handler: None,  # no access log: it would repeat what visitors send
    )
