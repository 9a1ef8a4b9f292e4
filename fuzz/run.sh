#!/usr/bin/env bash
# Fuzzes with libFuzzer, address and undefined-behaviour sanitizers: fuzz/run.sh [minutes each] [target...]
# One target after the other, in a tree of its own; what crashes is kept in build-fuzz/found/<target>.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/tools/env.sh"
minutes=${1:-30}
shift || true
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
  for file in "$root"/fuzz/*.cmake; do targets+=("$(basename "$file" .cmake)"); done
fi
tree="$root/build-fuzz"
[ -f "$tree/build.ninja" ] || cmake -S "$root" -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DPARVIS_SANITIZE=address,undefined -DPARVIS_FUZZ=ON >&2
ninja -C "$tree" "${targets[@]/#/fuzz_}" >&2
passed=0 failed=0
for target in "${targets[@]}"; do
  mkdir -p "$tree/grown/$target" "$tree/found/$target"
  log="$tree/found/$target.log"
  if "$tree/fuzz/fuzz_$target" -max_total_time=$((minutes * 60)) -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$tree/found/$target/" "$tree/grown/$target" "$root/fuzz/corpus/$target" >"$log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
  echo "$target: $(grep -o 'number_of_executed_units:.*' "$log" | tr -s ' ' || echo 'no figures'), $(tail -1 "$log" | cut -c1-100)"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
