"""Where pure code meets files and the database: banking, checking, lists."""
