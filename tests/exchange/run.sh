#!/usr/bin/env bash
# Documents to and from files, with the real converters.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 exchange_test.py
