# Compiler settings, the same for every target. Warnings are errors.
option(CONCLAVE_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CONCLAVE_FUZZ "libFuzzer targets (clang)" OFF)

add_compile_definitions(_GNU_SOURCE CONCLAVE_VERSION="${PROJECT_VERSION}")
include_directories(${CMAKE_SOURCE_DIR})
add_compile_options(-Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes
    -Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wformat=2 -Wvla -Wundef
    -Wimplicit-fallthrough -fno-common -fno-strict-aliasing)
# Nobody puts another function into the place of one of ours, so a file may inline its own.
add_compile_options(-fno-semantic-interposition)

if(CONCLAVE_SANITIZE)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
else()
    add_compile_options(-D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
        -fcf-protection)
    add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)
endif()
add_link_options(-pie)
