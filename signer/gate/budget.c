#include "signer/gate/budget.h"

#include "proto/wire.h"

// What protobuf adds to a frame: tags, lengths and indexes; of each element of a list; of a hash.
enum { FRAME_EXTRA = 512, ENTRY_EXTRA = 24, HASH_EXTRA = HASH_SIZE + 2 };

enum {
    SHORT_MOST = LIMIT_SENTENCE + FRAME_EXTRA,
    STATUS_MOST = LIMIT_CHECKPOINT + 2 * LIMIT_ROLE_NAME + FRAME_EXTRA,
    RECORDS_MOST = LIMIT_RECORDS_BYTES + LIMIT_RECORDS_PAGE * ENTRY_EXTRA + FRAME_EXTRA,
    DOSSIER_MOST = 3 * LIMIT_RECORD + WIRE_DECISIONS_BYTES + LIMIT_DECISIONS * ENTRY_EXTRA +
                   2 * LIMIT_PATH * HASH_EXTRA + LIMIT_CHECKPOINT + FRAME_EXTRA,
    PROOF_MOST = LIMIT_CONSISTENCY * HASH_EXTRA + LIMIT_CHECKPOINT + FRAME_EXTRA,
    BLOB_MOST = LIMIT_PAYLOAD + FRAME_EXTRA,
    OBJECTS_MOST = LIMIT_OBJECTS + FRAME_EXTRA,
    FOUNDING_MOST = LIMIT_RECORD + LIMIT_CHARTER + LIMIT_OBJECTS +
                    LIMIT_ADMINISTRATORS * HASH_EXTRA + FRAME_EXTRA,
};

static const struct {
    enum message_kind answer;
    size_t most;
} answers[] = {
    {ANSWER_STATUS, STATUS_MOST},
    {ANSWER_ACCEPTED, SHORT_MOST},
    {ANSWER_DOSSIER, DOSSIER_MOST},
    {ANSWER_RECORDS, RECORDS_MOST},
    {ANSWER_PROOF, PROOF_MOST},
    {ANSWER_BLOB, BLOB_MOST},
    {ANSWER_FOUND_KEYS, OBJECTS_MOST},
    {ANSWER_FOUNDING, FOUNDING_MOST},
};

_Static_assert((size_t)DOSSIER_MOST <= BUDGET_ANSWER, "a dossier is paid for by its credit");
_Static_assert((size_t)BLOB_MOST <= SHARE_ANSWERS && (size_t)FOUNDING_MOST <= SHARE_ANSWERS,
    "each fits alone");
_Static_assert(SHARE_ANSWERS <= BUDGET_ANSWERS, "a share is part of the whole");

size_t budget_answer_most(enum message_kind ask)
{
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (answers[i].answer != ANSWER_REFUSED && wire_answers(ask, answers[i].answer))
            return answers[i].most;
    return 0;
}

struct use budget_need(enum message_kind ask)
{
    size_t most = budget_answer_most(ask);
    return (struct use){.credits = 1, .answers = most > BUDGET_ANSWER ? most : 0};
}

void budget_round(struct budget *budget)
{
    budget->refused = (struct use){0};
}

bool budget_has_credit(const struct budget *budget)
{
    return budget->used.credits < LIMIT_CREDITS;
}

static bool share_allows(const struct use *share, const struct use *need)
{
    return share->credits + need->credits <= SHARE_CREDITS &&
           share->asks + need->asks <= SHARE_ASKS &&
           share->answers + need->answers <= SHARE_ANSWERS;
}

// One resource: whether `need` of it fits. Nothing needed always does.
static bool fits(size_t used, size_t need, size_t most, bool refused)
{
    return need == 0 || (!refused && used + need <= most);
}

bool budget_take(struct budget *budget, struct use *share, const struct use *need)
{
    if (!share_allows(share, need))
        return false;
    const struct use *used = &budget->used;
    struct use *refused = &budget->refused;
    bool credits = fits(used->credits, need->credits, LIMIT_CREDITS, refused->credits != 0);
    bool asks = fits(used->asks, need->asks, BUDGET_ASKS, refused->asks != 0);
    bool large = fits(used->answers, need->answers, BUDGET_ANSWERS, refused->answers != 0);
    refused->credits |= !credits;
    refused->asks |= !asks;
    refused->answers |= !large;
    if (!credits || !asks || !large)
        return false;
    budget->used.credits += need->credits;
    budget->used.asks += need->asks;
    budget->used.answers += need->answers;
    share->credits += need->credits;
    share->asks += need->asks;
    share->answers += need->answers;
    return true;
}

static void subtract(struct use *from, const struct use *back)
{
    from->credits -= back->credits;
    from->asks -= back->asks;
    from->answers -= back->answers;
}

void budget_give(struct budget *budget, struct use *share, const struct use *back)
{
    subtract(&budget->used, back);
    if (share != NULL)
        subtract(share, back);
}
