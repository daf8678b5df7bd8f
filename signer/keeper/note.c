// What the keeper records of its own accord; nobody waits for the answers.
#include "signer/keeper/keeper.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum err note_start(struct keeper *keeper, struct span programs)
{
    static struct start start;
    struct errand *errand;
    enum err err = programs_read(programs, &start);
    if (err == OK)
        err = keeper_errand(keeper, ERRAND_NOTE, &errand);
    if (err != OK)
        return err;
    start.time = moment_now();
    snprintf(start.version, sizeof start.version, "%s", CONCLAVE_VERSION);
    start_write(&start, &errand->text);
    return keeper_record(keeper, errand, NULL);
}

enum err note_gate(struct keeper *keeper)
{
    const struct gate_record record = {.time = moment_now(), .why = "the gate was replaced"};
    struct errand *errand;
    enum err err = keeper_errand(keeper, ERRAND_NOTE, &errand);
    if (err != OK)
        return err;
    gate_record_write(&record, &errand->text);
    return keeper_record(keeper, errand, NULL);
}

enum err note_clock(struct keeper *keeper, const char *format, ...)
{
    struct clock_record record = {.time = moment_now()};
    struct errand *errand;
    va_list rest;
    va_start(rest, format);
    (void)vsnprintf(record.why, sizeof record.why, format, rest);
    va_end(rest);
    enum err err = keeper_errand(keeper, ERRAND_NOTE, &errand);
    if (err != OK)
        return err;
    clock_record_write(&record, &errand->text);
    return keeper_record(keeper, errand, NULL);
}

static enum err note_quota(struct keeper *keeper, const struct usage *usage)
{
    struct quota_record record;
    struct errand *errand;
    if (!quotas_record(usage, moment_now(), &record))
        return OK;
    enum err err = keeper_errand(keeper, ERRAND_NOTE, &errand);
    if (err != OK)
        return err;
    quota_record_write(&record, &errand->text);
    return keeper_record(keeper, errand, NULL);
}

enum err note_quotas(struct keeper *keeper)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < keeper->quotas.count; i++)
        err = note_quota(keeper, &keeper->quotas.at[i]);
    quotas_begin(&keeper->quotas, moment_now());
    return err;
}

enum err note_stop(struct keeper *keeper)
{
    const struct stop record = {.time = moment_now(), .why = "the appliance was asked to stop"};
    struct errand *errand;
    enum err err = note_quotas(keeper);
    if (err == OK)
        err = keeper_errand(keeper, ERRAND_STOP, &errand);
    if (err != OK)
        return err;
    keeper->stop_noted = true;
    stop_write(&record, &errand->text);
    return keeper_record(keeper, errand, NULL);
}
