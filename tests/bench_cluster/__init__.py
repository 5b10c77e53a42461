"""Benchmarks of `make bench-cluster`: pods of ours beside JupyterLab's, and a class of them."""
