#!/bin/bash
# cppcheck over the product's C files. The build folder keeps what did not change.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p build/cppcheck
cppcheck --quiet --error-exitcode=1 --std=c11 --language=c -j "$(nproc)" \
    --cppcheck-build-dir=build/cppcheck \
    --enable=warning,performance,portability --inline-suppr \
    --suppressions-list=tests/lint/cppcheck-suppressions -D_GNU_SOURCE '-D_Noreturn=__attribute__((noreturn))' \
    -DCONCLAVE_VERSION='"0"' -I . signer proto log policy metadata hsm client admin-cli bench
echo "cppcheck: 0 wrong"
