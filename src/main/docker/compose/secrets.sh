#!/usr/bin/env bash
# Makes the passwords of compose.postgresql.yml. Those that are there already stay.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
# The folder is closed to others. The files are mounted into containers whose users differ, and each of them must read its own.
install -d -m 700 secrets
cd secrets
umask 022
for name in postgres parley replication; do
  [[ -s $name ]] || openssl rand -hex 24 >"$name"
done
cat >store.properties <<PROPERTIES
parley.store.url=postgresql://parley:$(<parley)@primary:5432,replica:5432/parley
parley.store.replicas=copy@local=postgresql://parley:$(<parley)@replica:5432/parley
PROPERTIES
