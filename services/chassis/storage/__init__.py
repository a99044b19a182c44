"""PostgreSQL: a transaction and what it says, the tables every service has, migrations."""
