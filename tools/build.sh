#!/usr/bin/env bash
# Builds what changed: build.sh [target...]. The server in build/, the web app in web/dist/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/env.sh"

targets=("${@:-parvis}")
[ -f "$root/build/build.ninja" ] || cmake -S "$root" -B "$root/build" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
ninja -C "$root/build" "${targets[@]}" >&2

stamp="$root/web/dist/.built"
if [ ! -f "$stamp" ] || [ -n "$(find "$root/web" -path "$root/web/node_modules" -prune -o -path "$root/web/dist" -prune -o -type f -newer "$stamp" -print -quit)" ]; then
  if [ ! -f "$root/web/node_modules/.installed" ] || [ "$root/web/package-lock.json" -nt "$root/web/node_modules/.installed" ]; then
    (cd "$root/web" && npm ci --no-fund --no-audit --silent >&2)
    touch "$root/web/node_modules/.installed"
  fi
  (cd "$root/web" && npm run --silent build >&2)
  touch "$stamp"
fi
