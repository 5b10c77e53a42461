"""Who gets in, and under which name."""
