#!/usr/bin/env bash
# kill -9 while people write: no acknowledged update is lost. PARVIS_KILL_ROUNDS=300 for the long run.
set -euo pipefail
cd "$(dirname "$0")/../documents"
[ -d node_modules/yjs ] || npm ci --no-audit --no-fund --silent
[ -e ../kill_documents/node_modules ] || ln -s ../documents/node_modules ../kill_documents/node_modules
exec node ../kill_documents/run.mjs
