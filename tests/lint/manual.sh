#!/bin/bash
# Every man page is laid out without a complaint.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v scdoc >/dev/null || { echo "manual: scdoc is missing: run './run lint'."; exit 1; }
count=0
for page in docs/*.scd; do
    scdoc <"$page" >/dev/null || { echo "$page: scdoc refuses it"; exit 1; }
    count=$((count + 1))
done
echo "manual: $count looked at, 0 wrong"
