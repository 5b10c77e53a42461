import os

from hub.bodies import bound_bodies
from hub.checks import StartError
from hub.configure import configure
from hub.processes import hide_memory
from hub.settings import SettingsError

hide_memory()
bound_bodies()
try:
    configure(get_config(), os.environ)
except (SettingsError, StartError) as error:
    raise SystemExit(str(error)) from None  # a line for the operator, no traceback
