// Rules that metadata of the past may break: a repository that was signed elsewhere is read by the
// same readers as what is signed here, but these rules are then noted instead of refused, and a
// quorum accepts each or not (metadata/history.h, which has a sentence for each). What is not listed
// here is refused in the past too.
#ifndef CONCLAVE_METADATA_PAST_H
#define CONCLAVE_METADATA_PAST_H

enum past_rule {
    // Of a payload: the readers note these.
    PAST_UNKNOWN_FIELD,
    PAST_EXPIRES,
    PAST_KEYID,
    PAST_KEY_TYPE,
    PAST_KEY_VALUE,
    PAST_KEY_UNKNOWN,
    PAST_KEY_TWICE,
    PAST_KEY_IN_TWO_ROLES,
    PAST_KEY_WITHOUT_ROLE,
    PAST_ROLE_SHORT,
    PAST_CONSISTENT_SNAPSHOT,
    PAST_SHA256,
    PAST_PATH,
    PAST_PATHS_CASE,
    PAST_ROLE_NAME,
    PAST_PATTERN,
    PAST_FILE_NAME,
    // Of a file and of the chain: the history finds these.
    PAST_SIGNATURE_UNKNOWN,
    PAST_SIGNATURE_INVALID,
    PAST_CHAIN_LATE,
    PAST_LISTED_VERSION,
    PAST_RULES // at most 64: sets of them are bits
};

#endif
