"""Other ways to find copies, each run as published on the very files that Seawall is asked about."""
