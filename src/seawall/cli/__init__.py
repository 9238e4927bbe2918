"""The command line: one module a verb. It parses, calls the library, and prints."""
