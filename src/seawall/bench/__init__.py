"""Measures how well, how surely and how fast Seawall finds what it should, on a folder of clips."""
