#!/usr/bin/env bash
# Black-box tests of the real server over HTTP.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 run.py "$@"
