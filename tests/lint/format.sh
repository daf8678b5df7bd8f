#!/bin/bash
# Text layout is clang-format's business: every C file is as it would write it.
set -euo pipefail
cd "$(dirname "$0")/../.."
mapfile -t files < <(find . -path ./build -prune -o -name '*.[ch]' -print)
[ "${#files[@]}" -gt 0 ]
clang-format --dry-run -Werror "${files[@]}" || {
    echo "format: run './run format'."
    exit 1
}
echo "format: ${#files[@]} files looked at, 0 wrong"
