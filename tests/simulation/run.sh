#!/usr/bin/env bash
# Every seed that ever failed, then fresh seeds for half a minute (more with PARVIS_SIM_MINUTES).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/build/sim/sim" --seeds "$root/sim/seeds.txt" --minutes "${PARVIS_SIM_MINUTES:-0.5}"
