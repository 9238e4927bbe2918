"""From a report's text to proposed claims. Pure: no database, no network, no settings.

`reading.read` is the one way in.
"""
