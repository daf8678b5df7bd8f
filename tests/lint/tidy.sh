#!/bin/bash
# clang-tidy over every C file that the preset clang compiles, one process a file: in one process
# for several, clang-tidy 14 takes every va_list after the first file for uninitialized. Among all the
# tests it goes without its analyzer, which takes nine tenths of the time; ./run lint says
# CONCLAVE_TIDY=all.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build/clang
checks='-clang-analyzer-*'
[ "${CONCLAVE_TIDY:-}" != all ] || checks=
cmake --preset clang >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
ninja -C "$build" --quiet proto/conclave.pb-c.h
mapfile -t files < <(sed -n 's/^  "file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" |
    grep -v "^$PWD/build/" | sort -u)
[ "${#files[@]}" -gt 0 ]
status=0
printf '%s\0' "${files[@]}" |
    xargs -0 -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet --checks="$checks" 2>"$build/tidy.log" || status=1
[ "$status" = 0 ] || grep -v 'warnings\? \(generated\|treated as\)' "$build/tidy.log" || true
echo "tidy: ${#files[@]} files looked at, exit status $status"
exit "$status"
