"""PostgreSQL: a transaction and what it publishes, the tables every service has, migrations."""
