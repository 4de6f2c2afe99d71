#!/usr/bin/env bash
# Creates the passwords for compose.postgresql.yml. Existing ones are kept.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
# Other users cannot enter the folder. The files are readable by all, since containers with different users mount them.
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
