// Metadata of the past: what is good today is good there with nothing noted but patterns, and what is
// read there can be walked to its end.
#include "metadata/history.h"
#include "metadata/tuf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tuf strict, past;

static void check_targets(void)
{
    struct tuf_targets targets = tuf_targets_of(&past);
    struct tuf_target target;
    while (tuf_targets_next(&targets, &target))
        ;
    if (json_finish(&targets.json) != OK)
        abort();
}

static void check_delegations(void)
{
    struct tuf_delegations roles = tuf_delegations_of(&past);
    struct tuf_delegation role;
    struct tuf_key keys[TUF_KEYS_MOST];
    while (tuf_delegations_next(&roles, &role))
        if (role.threshold < 1)
            abort();
    if (roles.json.failure != NULL)
        abort();
    (void)tuf_delegations_keys(&past, keys);
}

static void check_files(void)
{
    struct tuf_files files = tuf_files_of(&past);
    struct tuf_file file;
    while (tuf_files_next(&files, &file))
        if (file.version < 1)
            abort();
    if (json_finish(&files.json) != OK)
        abort();
}

static void check_walk(void)
{
    if (past.type == TUF_TARGETS)
        check_targets();
    if (past.type == TUF_TARGETS && past.delegations.size > 0)
        check_delegations();
    if (past.type == TUF_SNAPSHOT || past.type == TUF_TIMESTAMP)
        check_files();
}

// Patterns alone: where nobody says who delegates to the delegator, they begin with the role's own name.
static bool notes_something(const struct rule_set *noted)
{
    for (int id = 0; id < RULES; id++)
        if (id != RULE_PATTERN_FORM && rule_set_has(noted, (enum rule_id)id))
            return true;
    return false;
}

static void check_payload(enum dialect dialect, struct span payload)
{
    struct refusal refusal;
    enum err now = tuf_read(dialect, payload, &strict, &refusal);
    enum err then = tuf_read_past(dialect, payload, &past, &refusal);
    if (now == OK && (then != OK || notes_something(&past.noted) ||
                         past.version != strict.version || past.expires != strict.expires))
        abort();
    if (then == OK)
        check_walk();
    else if (then == ERR_REFUSED && refusal.sentence[0] == 0)
        abort();
}

static void check_file(enum dialect dialect, struct span file)
{
    struct refusal refusal;
    struct bytes part;
    bytes_init(&part, LIMIT_PAYLOAD);
    if (history_canonical(dialect, file, &part, &refusal) == OK)
        check_payload(dialect, bytes_span(&part));
    bytes_clear(&part);
}

static void check_chain(enum dialect dialect, struct span input)
{
    static struct import_motion motion;
    struct refusal refusal;
    struct history_case given = {
        .repository = "image", .dialect = dialect, .roots = &input, .root_count = 1};
    if (history_read(&given, &motion, &refusal) == OK && motion.root_count != 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum dialect dialects[] = {DIALECT_TUF, DIALECT_UPTANE};
    struct span input = span_of(data, size);
    for (size_t i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
        check_payload(dialects[i], input);
        check_file(dialects[i], input);
        check_chain(dialects[i], input);
    }
    return 0;
}
