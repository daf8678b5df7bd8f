// The real vault with a clock that the test sets while it runs: moment_now() is linked to the one
// below (--wrap), which adds what stands in memory that the test shares (vault_house.h). It is mapped
// before the program closes what it does not know.
#include "tests/unit/vault_house.h"

#include <sys/mman.h>

moment __real_moment_now(void);
moment __wrap_moment_now(void);

static const volatile int64_t *ahead;

__attribute__((constructor)) static void share_clock(void)
{
    void *shared = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, HOUSE_CLOCK_DESCRIPTOR, 0);
    if (shared != MAP_FAILED)
        ahead = shared;
}

moment __wrap_moment_now(void)
{
    return __real_moment_now() + (ahead == NULL ? 0 : *ahead);
}
