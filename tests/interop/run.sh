#!/usr/bin/env bash
# Matrix clients that Parvis did not write, and the rules of the door as a client without a library sees them.
set -uo pipefail
cd "$(dirname "$0")"
[ -d node_modules/matrix-js-sdk ] || npm ci --no-audit --no-fund --silent || exit 1
passed=0 failed=0
unset PARVIS_TEST_POSTGRES

try() { # test, arguments
  # Debian's interpreter: matrix-nio is one of its packages.
  output=$(timeout 300 /usr/bin/python3 "$1_test.py" "${@:2}" 2>&1) || true
  echo "$output"
  last=$(tail -n 1 <<<"$output")
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
}

for test in rooms spaces nio sdk nheko openapi; do try "$test" "$@"; done

echo "The same over PostgreSQL:"
{ read -r directory; read -r PARVIS_TEST_POSTGRES; } < <(../tools/postgres.sh start)
export PARVIS_TEST_POSTGRES
trap '../tools/postgres.sh stop "$directory"' EXIT
for test in rooms spaces; do try "$test" "$@"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
