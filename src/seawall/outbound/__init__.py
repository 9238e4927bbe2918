"""The one guarded way out: every request that Seawall makes to another server."""
