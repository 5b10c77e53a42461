"""Who gets in, and what they get: JupyterHub configured, sessions started, a workshop run here."""
