"""A stand-in for the OpenShift console's server, as strict as what was seen of the real one."""
