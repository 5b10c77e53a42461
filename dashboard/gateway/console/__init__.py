"""The web console behind the door: relayed below the session's own path, and how it is."""
