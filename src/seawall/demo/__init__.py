"""The main job, shown on clips made by code."""
