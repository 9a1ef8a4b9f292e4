#!/usr/bin/env bash
# kill -9 of a real process that writes, twenty times over: nothing acknowledged is lost, the file stays sound.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
writer=${PARVIS_BUILD:-$root/build}/tests/kill/kill_writer
directory=$(mktemp -d "${TMPDIR:-/tmp}/parvis-kill-XXXXXX")
trap 'rm -rf "$directory"' EXIT
for round in $(seq 20); do
  "$writer" write "$directory/house.db" >>"$directory/acknowledged" 2>/dev/null &
  process=$!
  sleep "0.$((RANDOM % 6 + 1))$((RANDOM % 10))"
  kill -9 "$process"
  wait "$process" 2>/dev/null || true
  # The kill may have cut a line; the next round must not continue it.
  echo >>"$directory/acknowledged"
  "$writer" check "$directory/house.db" <<<"$(grep -x '[0-9]\+' "$directory/acknowledged" || true)" >"$directory/verdict" || { echo "round $round: $(cat "$directory/verdict")"; exit 1; }
done
cat "$directory/verdict"
test "$(grep -c . "$directory/acknowledged")" -gt 100
