#!/usr/bin/env bash
# Unmodified LiveKit clients in one room of the real server.
set -euo pipefail
cd "$(dirname "$0")"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 RUST_LOG=off NODE_ENV=production
[ -d node_modules/livekit-client ] || npm ci --no-audit --no-fund --silent
exec node run.mjs "$@"
