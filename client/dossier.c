#include "client/fault.h"
#include "client/home.h"
#include "client/newest.h"

#include <errno.h>
#include <string.h>

// Which record ends a request with which fate.
static const struct {
    enum fate fate;
    enum record_kind kind;
    enum ending how; // of RECORD_ENDED
} ends[] = {
    {FATE_SIGNED, RECORD_OUTCOME, 0},
    {FATE_REJECTED, RECORD_ENDED, ENDING_REJECTED},
    {FATE_WITHDRAWN, RECORD_ENDED, ENDING_WITHDRAWN},
    {FATE_EXPIRED, RECORD_ENDED, ENDING_EXPIRED},
    {FATE_REFUSED, RECORD_ENDED, ENDING_REFUSED},
    {FATE_REFUSED, RECORD_REFUSED, 0},
};

static bool ended_so(struct span text, enum ending how)
{
    struct ended ended;
    return ended_read(text, &ended) == OK && ended.how == how;
}

static bool end_fits(enum fate fate, struct span text)
{
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends[i].fate == fate && ends[i].kind == record_kind(text))
            return ends[i].kind != RECORD_ENDED || ended_so(text, ends[i].how);
    return false;
}

static bool is_about(struct span text, const struct hash *request)
{
    struct hash named;
    return record_request(text, &named) && hash_equal(&named, request);
}

static bool is_included(const struct entry *entry, const struct hash_list *list,
    const struct checkpoint *checkpoint)
{
    struct merkle_path path = {.count = list->count};
    memcpy(path.nodes, list->at, list->count * sizeof list->at[0]);
    struct hash leaf = merkle_leaf(entry->text);
    return merkle_included(entry->index, checkpoint->size, &leaf, &path, &checkpoint->root);
}

// What must hold without any proof: the words are about this request and go together.
static const char *misfit(const struct message *answer, const struct hash *request)
{
    struct span text = answer->dossier.request;
    struct span opened = answer->dossier.opened.text, end = answer->dossier.end.text;
    struct hash id = request_id(text);
    if (text.size > 0 && !hash_equal(&id, request))
        return "another request's text";
    if (opened.size > 0 && (record_kind(opened) != RECORD_OPENED || !is_about(opened, request)))
        return "another request's opened record";
    if (answer->dossier.fate == FATE_OPEN && opened.size == 0)
        return "an open request that was never opened";
    if (answer->dossier.fate <= FATE_OPEN)
        return end.size > 0 ? "an end of a request that is open" : NULL;
    if (!is_about(end, request) || !end_fits(answer->dossier.fate, end))
        return "a fate that its last record does not say";
    return NULL;
}

static const char *unproven(const struct message *answer, const struct checkpoint *checkpoint)
{
    const struct entry *opened = &answer->dossier.opened, *end = &answer->dossier.end;
    if (opened->text.size > 0 && !is_included(opened, &answer->dossier.path, checkpoint))
        return "an opened record that is not in the log";
    if (end->text.size > 0 && !is_included(end, &answer->dossier.end_path, checkpoint))
        return "a last record that is not in the log";
    return NULL;
}

static enum err lie(const char *what, struct refusal *refusal)
{
    return fault(ERR_SIGNATURE, refusal,
        "the appliance shows %s; do not believe it, and keep what you have", what);
}

static enum err check_proofs(
    struct conclave *conclave, const struct message *answer, struct refusal *refusal)
{
    struct checkpoint checkpoint;
    if (answer->dossier.opened.text.size == 0 && answer->dossier.end.text.size == 0)
        return OK; // it says that it knows nothing of it, and there is nothing to prove
    enum err err = home_lock(conclave->home);
    if (err != OK)
        return fault(err, refusal, "%s: %s", conclave->path, strerror(errno));
    err = newest_take(conclave, answer->dossier.checkpoint, false, &checkpoint, refusal);
    home_unlock(conclave->home);
    if (err != OK)
        return err;
    const char *what = unproven(answer, &checkpoint);
    return what == NULL ? OK : lie(what, refusal);
}

// The dossier, or an open one when the time is over.
static enum err ask_dossier(struct conclave *conclave, const struct hash *request, bool wait,
    int64_t until, struct refusal *refusal)
{
    int64_t left = wait ? until - connection_clock() : 0;
    for (;;) {
        struct message ask = {
            .kind = left > 0 ? ASK_WAIT : ASK_SHOW, .request.request = *request};
        enum err err = session_ask(
            conclave, &ask, &conclave->answer, left > 0 ? left : CONNECTION_FOR_EVER, refusal);
        if (err != OK && err != ERR_AGAIN)
            return err;
        left = wait ? until - connection_clock() : 0;
        if (err == OK && (left <= 0 || conclave->answer.message.dossier.fate != FATE_OPEN))
            return OK;
        if (err == ERR_AGAIN)
            left = 0;
    }
}

enum err conclave_dossier(struct conclave *conclave, const struct hash *request, bool wait,
    unsigned seconds, struct message *answer, struct refusal *refusal)
{
    int64_t until = connection_clock() + (int64_t)seconds * 1000;
    enum err err = ask_dossier(conclave, request, wait, until, refusal);
    if (err != OK)
        return err;
    const char *what = misfit(&conclave->answer.message, request);
    if (what != NULL)
        return lie(what, refusal);
    if (conclave->home >= 0)
        err = check_proofs(conclave, &conclave->answer.message, refusal);
    if (err == OK)
        *answer = conclave->answer.message;
    return err;
}
