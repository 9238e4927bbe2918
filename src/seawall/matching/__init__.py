"""Signals become matches: index, candidates, alignment, explanation, recommendation."""

from seawall.matching.hamming import HammingIndex

__all__ = ["HammingIndex"]
