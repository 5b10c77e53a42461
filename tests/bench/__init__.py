"""Benchmarks of `make bench`: ours beside JupyterLab and stock Butterfly, in one run."""
