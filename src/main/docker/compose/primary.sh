#!/usr/bin/env bash
# Run by the PostgreSQL image once, when it initializes the server: creates Parley's role and database, and the role for replication.
set -euo pipefail

psql --username="$POSTGRES_USER" --dbname=postgres --quiet --no-psqlrc -v ON_ERROR_STOP=1 \
  -v parley="$(</run/secrets/parley)" -v replication="$(</run/secrets/replication)" <<'SQL'
CREATE ROLE parley LOGIN PASSWORD :'parley';
CREATE DATABASE parley OWNER parley;
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'replication';
SQL
echo 'host replication replication all scram-sha-256' >>"$PGDATA/pg_hba.conf"
