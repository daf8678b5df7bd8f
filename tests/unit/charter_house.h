// A charter for tests, made line by line, and what is expected of changes of it.
#ifndef CONCLAVE_TESTS_UNIT_CHARTER_HOUSE_H
#define CONCLAVE_TESTS_UNIT_CHARTER_HOUSE_H

#include "policy/charter.h"

// Numbers of the made-up keys (tests/unit/made_up.h) by whom they belong to.
enum { LOG_KEY = 500, PERSON_KEY = 0, REQUESTER_KEY = 100, ROLE_KEY = 200 };

// alice, bob, carol, dave; group everyone (all four) and release (the first three); requesters
// image-service (of release-desk) and laptop (of dave); roles director/root, image/root and
// image/targets. Of these image/root has whatever a role can have: a delay, a time for approvals, a
// rate, a threshold of 2, and carol as custodian of its second key.
struct charter *house_charter(void);
// Its text, within LIMIT_CHARTER.
struct bytes house_text(const struct charter *charter);
// The text of house_charter() with the first `from` replaced by `to`.
struct bytes house_replaced(const char *from, const char *to);

// Appends a line, which must come behind those of its list.
void house_person(struct charter *charter, const char *name);
void house_group(struct charter *charter, const char *name, size_t members);
void house_requester(struct charter *charter, const char *name, const char *person);
void house_repository(struct charter *charter, const char *name);
void house_role(struct charter *charter, const char *name, struct quorum quorum, size_t keys);
int house_key_order(const void *a, const void *b); // of struct role_key, for qsort

// The text is read with `err`; if that is not OK, under `rule` and with words that hold `sentence`.
void expect_text(struct span text, enum err err, const char *rule, const char *sentence);
// The same of a charter, which is freed.
void expect_charter(
    struct charter *charter, enum err err, const char *rule, const char *sentence);

struct change {
    const char *from;
    const char *to;
    const char *sentence;
};
void expect_changes(const struct change *changes, size_t count, enum err err, const char *rule);

#endif
