"""What the hub shows: its own pages, and JupyterHub's as ours look."""
