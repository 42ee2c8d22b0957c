"""Django's PostgreSQL, started when the first connection is opened (core/embedded.py)."""
