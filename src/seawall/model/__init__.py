"""Frozen records that the layers hand to each other. No input or output here."""
