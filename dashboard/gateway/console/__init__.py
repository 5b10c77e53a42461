"""The web console behind the door: relayed below a path or at its own origin, and how it is."""
