"""What the service tells those who run it: logs, and measures for others to collect."""
