#!/bin/sh
# The stand-in for the OpenShift console's server, started as that is.
cd /opt/console && exec venv/bin/python -m tests.console_standin "$@"
