#!/usr/bin/env bash
# Unmodified Yjs providers against the real server.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules/yjs ] || npm ci --no-audit --no-fund --silent
exec node run.mjs
