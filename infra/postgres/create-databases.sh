#!/bin/sh
# Run once by the postgres image on an empty data directory: a role and a database for each service.
# Each role owns its own database and can't even connect to the others.
set -eu
for service in submissions scoring notifications; do
  upper=$(printf %s "$service" | tr '[:lower:]' '[:upper:]')
  eval "password=\${${upper}_DB_PASSWORD}"
  psql -v ON_ERROR_STOP=1 -v service="$service" -v password="$password" --username postgres <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE :"service" OWNER :"service" TEMPLATE template0 ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done
