"""Markdown to safe HTML: one module for each thing that a chapter may hold."""
