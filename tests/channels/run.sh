#!/usr/bin/env bash
# Data channels between the forwarding unit and real Chromium, which has an SCTP of its own.
set -euo pipefail
cd "$(dirname "$0")"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
[ -d ../journeys/node_modules/@playwright/test ] || (cd ../journeys && npm ci --no-audit --no-fund --silent)
exec timeout 120 node chromium.mjs "${PARVIS_BUILD:-$(cd ../.. && pwd)/build}/tests/channels/sfu_echo"
