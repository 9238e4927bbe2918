"""The service over HTTP: version 1 of the API under `/v1`, and what other programs' clients expect."""
