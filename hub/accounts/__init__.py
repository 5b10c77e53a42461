"""Sessions as processes of their people's own accounts on this machine."""
