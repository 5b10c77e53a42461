"""The dashboard of one workshop session."""
