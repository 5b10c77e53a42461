"""Sessions as pods of a Kubernetes or OpenShift cluster."""
