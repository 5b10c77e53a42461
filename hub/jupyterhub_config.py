import os

from hub.configure import configure

configure(get_config(), os.environ)
