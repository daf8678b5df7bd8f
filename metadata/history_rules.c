#include "metadata/history.h"
#include "metadata/past.h"

#include <assert.h>
#include <string.h>

const struct history_rule history_rules[] = {
    [PAST_UNKNOWN_FIELD] = {"unknown-field", "R2",
        "It has fields that this appliance does not know. They are passed over, and cannot be "
        "carried on."},
    [PAST_EXPIRES] = {"expires-form", "R2",
        "It expires at a time that is not written as YYYY-MM-DDTHH:MM:SSZ. Fractions are cut, "
        "offsets are counted."},
    [PAST_KEYID] = {"keyid-not-canonical", "R21",
        "A key id is not the one that the dialect gives the key: in tuf the SHA-256 of the "
        "canonical key object, in uptane that of the DER SPKI. The next root lists the key "
        "under another id."},
    [PAST_KEY_TYPE] = {"key-type-unusual", "R21",
        "A key has a keytype in another spelling than today's: ecdsa-sha2-nistp256 for ecdsa, "
        "or ed25519 and rsa in small letters in uptane. The next root spells it anew; in tuf "
        "it then has another id."},
    [PAST_KEY_VALUE] = {"key-value-unusual", "R21",
        "A public key is written as a bare point in hex, where PEM is written today. The next "
        "root lists it under another id."},
    [PAST_KEY_UNKNOWN] = {"key-not-understood", "R16",
        "A key is of a type or scheme that is not verified here: none of its signatures "
        "counts."},
    [PAST_KEY_TWICE] = {"key-under-two-ids", "R21",
        "One public key stands under two key ids. Here it counts once; other programs may "
        "count "
        "it twice."},
    [PAST_KEY_IN_TWO_ROLES] = {"key-in-two-roles", "R21",
        "One key serves more than one role: whoever has it can sign for each."},
    [PAST_KEY_WITHOUT_ROLE] = {"key-without-role", "R2", "A key is listed that no role uses."},
    [PAST_ROLE_SHORT] = {"role-without-enough-keys", "R12",
        "A role's threshold is above the number of its keys: nobody can sign for it."},
    [PAST_CONSISTENT_SNAPSHOT] = {"consistent-snapshot-missing", "R2",
        "The root does not say whether snapshots are consistent: no is assumed."},
    [PAST_SHA256] = {"sha256-missing", "R2", "A file is listed without its SHA-256."},
    [PAST_PATH] = {"path-form", "R2",
        "The path of an image is one that is refused today: absolute, with empty or dot "
        "segments, "
        "a backslash, or bytes that are not printable ASCII."},
    [PAST_PATHS_CASE] = {"paths-differ-by-case", "R2",
        "Two paths of images differ only by case."},
    [PAST_ROLE_NAME] = {"role-name-form", "R2",
        "A delegated role has a name that is refused today: too long, reserved, or with other "
        "than letters, digits, '_', '-' and '.'."},
    [PAST_PATTERN] = {"pattern-form", "R2",
        "A delegated role's pattern is one that is refused today: it does not begin with the "
        "role's own name and a slash, or is no path."},
    [PAST_FILE_NAME] = {"file-name-form", "R2",
        "A file of metadata is listed under a name that is refused today."},
    [PAST_SIGNATURE_UNKNOWN] = {"signature-of-unknown-key", "R21",
        "It carries a signature of a key that may not sign it: nobody verifies that."},
    [PAST_SIGNATURE_INVALID] = {"signature-invalid", "R1",
        "It carries a signature of a key that may sign it, and the signature does not fit the "
        "bytes. It counts nothing."},
    [PAST_CHAIN_LATE] = {"chain-begins-late", "R12",
        "The chain does not begin with version 1: that its first root follows from an earlier "
        "one "
        "is not shown."},
    [PAST_LISTED_VERSION] = {"lists-another-version", "R12",
        "It does not list the version of a role that is imported with it."},
};
const size_t history_rule_count = sizeof history_rules / sizeof history_rules[0];

static_assert(
    sizeof history_rules / sizeof history_rules[0] == PAST_RULES, "a row for each rule");

static const struct history_rule *find(const char *id)
{
    for (size_t i = 0; i < history_rule_count; i++)
        if (strcmp(history_rules[i].id, id) == 0)
            return &history_rules[i];
    return NULL;
}

const struct history_rule *history_rule_of(const char *id, const char **where)
{
    static const char *const places[] = {"targets", "snapshot", "timestamp", "delegated"};
    const char *place = "root";
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        size_t size = strlen(places[i]);
        if (strncmp(id, places[i], size) != 0 || id[size] != '-')
            continue;
        place = places[i];
        id += size + 1;
        break;
    }
    if (where != NULL)
        *where = place;
    return find(id);
}
