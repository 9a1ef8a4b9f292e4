#!/usr/bin/env bash
# Every benchmark, one after the other, each beside its peers; about a quarter of an hour on a quiet machine.
#   bench/run.sh [build directory, default build]      needs wrk, nginx-light, janus and Node.js 20 besides what ./test needs
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
export PARVIS_BINARY=$PWD/$build/src/main/parvis
title() { printf '\n== %s ==\n' "$1"; }
title "HTTP beside nginx" && python3 bench/http/run.py "$build"
title "Store" && "$build/bench/store/bench_store"
title "Chat" && python3 bench/chat/run.py "$build"
for part in crdt relay; do
  [ -d "bench/$part/node_modules" ] || npm ci --prefix "bench/$part" --no-audit --no-fund --silent
done
title "Shared documents beside yjs and ywasm" && node --expose-gc bench/crdt/run.mjs "$build/bench/crdt/bench_crdt"
title "Relay beside the Node servers" && node bench/relay/run.mjs
for part in meetings journeys; do
  [ -d "tests/$part/node_modules" ] || PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix "tests/$part" --no-audit --no-fund --silent
done
title "What a meeting weighs" && node bench/meetings/run.mjs
title "Entering a meeting" && node bench/meetings/entry.mjs
title "Media beside Janus" && python3 bench/sfu/run.py "$build"
title "A poor line beside Janus" && node bench/sfu/poor_line/run.mjs "$build"
