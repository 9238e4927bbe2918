"""Pixels and bytes become signals: compact, versioned, comparable."""
