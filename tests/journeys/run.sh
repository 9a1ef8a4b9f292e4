#!/usr/bin/env bash
# The first working day in real Chromium, wide and at 360 px. Pictures land in build/journeys/screens.
set -euo pipefail
cd "$(dirname "$0")"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
[ -d node_modules/@playwright/test ] || npm ci --no-audit --no-fund --silent
[ -f ../../web/dist/index.html ] || (cd ../../web && { [ -d node_modules ] || npm ci --no-audit --no-fund --silent; } && npm run --silent build)
exec node node_modules/@playwright/test/cli.js test "$@"
