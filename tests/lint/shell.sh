#!/bin/bash
# Looks with shellcheck at every shell script.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Completions are read by a shell, and say which one by their name alone.
mapfile -t files < <(grep -rlI --exclude-dir=build --exclude-dir=.git -m1 '^#!/bin/\(ba\)\?sh' .)
[ "${#files[@]}" -gt 0 ]
files+=(docs/completion/*.bash)
shellcheck "${files[@]}"
echo "shell: ${#files[@]} files looked at, 0 wrong"
