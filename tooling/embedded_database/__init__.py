"""Django's PostgreSQL, started when the first connection is opened (tooling/embedded.py)."""
