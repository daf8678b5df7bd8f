// An audit of any log: it comes to its end, counts what it was given, and finds nothing only in a log
// that began with its founding. The input is a list of entries: one byte ('r' a record, 'b' a blob
// that the source has), the length in three bytes, big-endian, and the entry.
#include "client/audit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 4, BLOBS_MOST = 512 };

struct blobs {
    struct span at[BLOBS_MOST];
    struct hash hashes[BLOBS_MOST];
    size_t count;
};

static void must(bool good)
{
    if (!good)
        abort();
}

// The next entry of this tag; false at the end, or at what is no entry.
static bool next(struct span *rest, uint8_t tag, struct span *entry)
{
    while (rest->size >= HEAD) {
        const uint8_t *head = rest->data;
        size_t size = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (size > rest->size - HEAD)
            return false;
        *entry = span_of(head + HEAD, size);
        *rest = span_of(head + HEAD + size, rest->size - HEAD - size);
        if (head[0] == tag)
            return true;
    }
    return false;
}

static enum err find(
    void *context, const struct hash *hash, struct bytes *out, struct refusal *refusal)
{
    const struct blobs *blobs = context;
    (void)refusal;
    for (size_t i = 0; i < blobs->count; i++)
        if (hash_equal(&blobs->hashes[i], hash)) {
            bytes_add(out, blobs->at[i]);
            return bytes_finish(out) == OK ? OK : ERR_SIGNATURE;
        }
    return ERR_NOT_FOUND;
}

static void keep_blobs(struct span rest, struct blobs *blobs)
{
    struct span entry;
    blobs->count = 0;
    while (blobs->count < BLOBS_MOST && next(&rest, 'b', &entry)) {
        blobs->hashes[blobs->count] = hash_of(entry);
        blobs->at[blobs->count++] = entry;
    }
}

static void check_report(const struct audit_report *report, uint64_t records)
{
    uint64_t sum = 0, motions = 0;
    for (size_t kind = 0; kind < AUDIT_KINDS; kind++)
        sum += report->kinds[kind];
    for (size_t motion = 0; motion < MOTION_KINDS; motion++)
        motions += report->motions[motion];
    must(sum == records && report->records == records);
    must(report->requests + report->additions + report->freezes + motions <=
         report->kinds[RECORD_OUTCOME]);
    must(report->freezes <= report->kinds[RECORD_FROZEN]);
    must(report->in_force <= report->freezes);
    for (size_t i = 0; i < report->finding_count && i < AUDIT_FINDINGS_MOST; i++) {
        must(report->findings[i].index <= records);
        must(report->findings[i].what.sentence[0] != 0);
    }
    bool begins = report->kinds[RECORD_FOUNDING] == 1 && report->kinds[RECORD_FOUNDED] == 1;
    must(report->finding_count > 0 || begins);
}

// The key and origin that the first record names: so more than that record is looked at.
static void read_log(struct span rest, struct founding *founding)
{
    struct span entry;
    if (next(&rest, 'r', &entry) && founding_read(entry, founding) == OK)
        return;
    memset(founding, 0, sizeof *founding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct blobs blobs;
    static struct founding founding;
    struct span rest = span_of(data, size), entry;
    uint64_t records = 0;
    keep_blobs(rest, &blobs);
    read_log(rest, &founding);
    const struct source source = {.blob = find, .context = &blobs};
    struct audit *audit = audit_new(founding.origin, &founding.log, &source);
    must(audit != NULL);
    for (; next(&rest, 'r', &entry); records++)
        must(audit_record(audit, entry) == OK);
    const struct checkpoint checkpoint = {.size = records};
    audit_end(audit, &checkpoint);
    check_report(audit_report(audit), records);
    audit_free(audit);
    return 0;
}
