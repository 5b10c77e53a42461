"""The door of a session: login, origins, relay, activity; nothing behind it hears of a stranger."""
