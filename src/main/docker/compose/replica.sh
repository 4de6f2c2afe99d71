#!/usr/bin/env bash
# Starts a streaming replica; the first start copies it from the primary.
set -euo pipefail

if [[ ! -s $PGDATA/PG_VERSION ]]; then
  PGPASSWORD=$(</run/secrets/replication) pg_basebackup --host=primary --username=replication --pgdata="$PGDATA" \
    --checkpoint=fast --wal-method=stream --write-recovery-conf
fi
exec docker-entrypoint.sh postgres
