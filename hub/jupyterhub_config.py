import os

from hub.bodies import bound_bodies
from hub.configure import configure

bound_bodies()
configure(get_config(), os.environ)
