"""Programs and the console at origins of their own, where sessions have host names of their own."""
