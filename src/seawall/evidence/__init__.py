"""Evidence: what is kept of a content, and the proof that nothing about it was changed or left out."""
