"""Lists of other programs and programmes: one module each, without database or settings."""
