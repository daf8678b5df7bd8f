// Whatever a policy file is, the answer is a policy or a fault with a sentence and a place in the
// file. No key file is there, so that a whole policy ends at its first key.
#include "policy/compile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct policy *policy = NULL;
    struct policy_fault fault;
    enum err err = policy_read(span_of(data, size), "/nonexistent", &policy, &fault);
    if (err == OK || (err != ERR_MEMORY && err != ERR_FORM))
        abort();
    if (err == ERR_FORM && (fault.sentence[0] == '\0' || fault.line == 0))
        abort();
    return 0;
}
