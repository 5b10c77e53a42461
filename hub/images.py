"""What the images of a session expect, whoever runs them: places, and what they are told."""

SOCKETS = "/run/workshop"
#: In a folder that the terminal server makes for itself: the volume's own may be anybody's.
SOCKET = f"{SOCKETS}/terminal/terminal.sock"
HOME = "/home/workshop"
NOTES = "/workshop"
#: Who claimed a name that was released has another code than who had it before.
CODE = "WORKSHOP_PERSONAL_CODE"
TOKEN = "JUPYTERHUB_API_TOKEN"
