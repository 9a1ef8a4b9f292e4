#!/usr/bin/env bash
# A throw-away PostgreSQL for tests: its own cluster in a new directory, on a Unix socket only.
#   postgres.sh start               prints its directory, then the url for PARVIS_TEST_POSTGRES
#   postgres.sh stop [DIRECTORY]    without one: the last that this checkout started
# PARVIS_POSTGRES_FSYNC=on makes it durable, for benchmarks; off by default.
set -euo pipefail
programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)

root=$(cd "$(dirname "$0")/../.." && pwd)
last=$root/var/test-postgres

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

case "${1:-}" in
start)
  directory=$(mktemp -d "${TMPDIR:-/tmp}/parvis-postgres-XXXXXX")
  [ "$(id -u)" = 0 ] && chown postgres "$directory"
  # The tests' user must reach the socket, whoever owns the server.
  chmod 755 "$directory"
  as_owner "$programs/initdb" -D "$directory/data" -U parvis --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$directory.log" 2>&1 \
    || { cat "$directory.log" >&2; exit 1; }
  rm -f "$directory.log"
  as_owner "$programs/pg_ctl" -D "$directory/data" -l "$directory/data/log" -w -s start -o \
    "-c listen_addresses='' -c unix_socket_directories='$directory' -c fsync=${PARVIS_POSTGRES_FSYNC:-off} -c shared_buffers=64MB -c max_connections=60" >/dev/null
  mkdir -p "$root/var"
  echo "$directory" >"$last"
  echo "$directory"
  echo "postgresql:///postgres?host=$directory&user=parvis"
  ;;
stop)
  directory=${2:-$(cat "$last")}
  case "$directory" in */parvis-postgres-*) ;; *) echo "not a directory of this script: $directory" >&2; exit 1 ;; esac
  as_owner "$programs/pg_ctl" -D "$directory/data" -w -s -m immediate stop || true
  rm -rf "$directory"
  ;;
*)
  echo "usage: postgres.sh start | stop [DIRECTORY]" >&2
  exit 2
  ;;
esac
