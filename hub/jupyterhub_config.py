import os

from hub.bodies import bound_bodies
from hub.configure import configure
from hub.processes import hide_memory

hide_memory()
bound_bodies()
configure(get_config(), os.environ)
