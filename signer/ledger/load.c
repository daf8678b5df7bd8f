#include "signer/ledger/load.h"

bool load_is_due(const struct load *load)
{
    return load->waiting > 0 && (load->waiting >= load->at_vault ||
                                    load->waiting >= LOAD_BATCH || load->age_ms >= LOAD_AGE_MS);
}

int load_wait(const struct load *load)
{
    if (load->waiting == 0)
        return -1;
    return load->age_ms >= LOAD_AGE_MS ? 0 : (int)(LOAD_AGE_MS - load->age_ms);
}
