#include "client/conclave.h"

#include "client/fault.h"
#include "client/home.h"
#include "client/newest.h"
#include "client/pin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err open_home(struct conclave *conclave, const char *home, struct refusal *refusal)
{
    conclave->path = strdup(home);
    if (conclave->path == NULL)
        return fault(ERR_MEMORY, refusal, "no memory");
    enum err err = home_open(home, &conclave->home, refusal);
    if (err != OK)
        return err;
    err = pin_read(conclave->home, conclave->origin, &conclave->log);
    if (err == ERR_NOT_FOUND)
        return fault(
            err, refusal, "%s has pinned no log key; enrol with the appliance first", home);
    return err == OK ? OK : fault(err, refusal, "%s/%s: %s", home, HOME_VKEY, err_text(err));
}

static enum err open_both(
    struct conclave *conclave, const char *socket, const char *home, struct refusal *refusal)
{
    enum err err = home == NULL ? OK : open_home(conclave, home, refusal);
    if (err != OK)
        return err;
    err = connection_open(&conclave->connection, socket);
    if (err == OK)
        return OK;
    return fault(err, refusal, "no appliance at %s: %s", socket, strerror(errno));
}

enum err conclave_open(
    const char *socket, const char *home, struct conclave **out, struct refusal *refusal)
{
    *out = NULL;
    struct conclave *conclave = calloc(1, sizeof *conclave);
    if (conclave == NULL)
        return fault(ERR_MEMORY, refusal, "no memory");
    conclave->home = -1;
    conclave->connection.fd = -1;
    enum err err = open_both(conclave, socket, home, refusal);
    if (err == OK)
        *out = conclave;
    else
        conclave_close(conclave);
    return err;
}

void conclave_close(struct conclave *conclave)
{
    if (conclave == NULL)
        return;
    connection_close(&conclave->connection);
    if (conclave->home >= 0)
        close(conclave->home);
    decoded_clear(&conclave->answer);
    decoded_clear(&conclave->inner);
    free(conclave->path);
    free(conclave);
}

// ---- asking ----

static enum err say_why(enum err err, struct refusal *refusal)
{
    static const struct {
        enum err err;
        const char *sentence;
    } sentences[] = {
        {ERR_CLOSED, "the appliance hung up; look into its log, and try again"},
        {ERR_FORM, "the appliance and this program do not speak the same protocol"},
        {ERR_LIMIT, "this is more than the appliance takes"},
        {ERR_MEMORY, "no memory"},
    };
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (sentences[i].err == err)
            return fault(err, refusal, "%s", sentences[i].sentence);
    return fault(err, refusal, "the connection failed: %s", strerror(errno));
}

static enum err take_refusal(const struct message *answer, struct refusal *refusal)
{
    struct span rule = answer->refused.rule, sentence = answer->refused.sentence;
    memset(refusal, 0, sizeof *refusal);
    if (rule.size > 0 && rule.size < sizeof refusal->rule)
        memcpy(refusal->rule, rule.data, rule.size);
    if (sentence.size > 0 && sentence.size < sizeof refusal->sentence)
        memcpy(refusal->sentence, sentence.data, sentence.size);
    return ERR_REFUSED;
}

enum err session_ask(struct conclave *conclave, struct message *ask, struct decoded *into,
    int64_t milliseconds, struct refusal *refusal)
{
    decoded_clear(into);
    enum err err = connection_send(&conclave->connection, ask);
    if (err == OK)
        err = connection_receive(&conclave->connection, milliseconds, into);
    if (err == ERR_AGAIN && connection_abandon(&conclave->connection, ask->id))
        return ERR_AGAIN;
    // Nothing more can be abandoned: then it is waited for.
    if (err == ERR_AGAIN)
        err = connection_receive(&conclave->connection, CONNECTION_FOR_EVER, into);
    if (err == OK && into->message.id != ask->id)
        err = ERR_FORM;
    if (err != OK)
        return say_why(err, refusal);
    return into->message.kind == ANSWER_REFUSED ? take_refusal(&into->message, refusal) : OK;
}

enum err conclave_ask(struct conclave *conclave, struct message *ask, struct message *answer,
    struct refusal *refusal)
{
    enum err err = session_ask(conclave, ask, &conclave->answer, CONNECTION_FOR_EVER, refusal);
    if (err == OK || err == ERR_REFUSED)
        *answer = conclave->answer.message;
    return err;
}

enum err conclave_send(struct conclave *conclave, struct message *ask)
{
    return connection_send(&conclave->connection, ask);
}

enum err conclave_receive(struct conclave *conclave, struct message *answer)
{
    decoded_clear(&conclave->answer);
    enum err err =
        connection_receive(&conclave->connection, CONNECTION_FOR_EVER, &conclave->answer);
    if (err == OK)
        *answer = conclave->answer.message;
    return err;
}

// ---- believing ----

static enum err ask_status(struct conclave *conclave, struct refusal *refusal)
{
    struct message ask = {.kind = ASK_STATUS};
    return session_ask(conclave, &ask, &conclave->answer, CONNECTION_FOR_EVER, refusal);
}

static enum err newest_status(
    struct conclave *conclave, struct checkpoint *newest, struct refusal *refusal)
{
    enum err err = ask_status(conclave, refusal);
    if (err != OK)
        return err;
    struct span note = conclave->answer.message.status.checkpoint;
    if (note.size == 0)
        return newest_none(conclave, refusal);
    return newest_take(conclave, note, true, newest, refusal);
}

// The lock is held while the appliance is asked: what another client of this home keeps meanwhile
// can then not be newer than the answer.
static enum err locked_status(
    struct conclave *conclave, struct checkpoint *newest, struct refusal *refusal)
{
    enum err err = home_lock(conclave->home);
    if (err != OK)
        return fault(err, refusal, "%s: %s", conclave->path, strerror(errno));
    err = newest_status(conclave, newest, refusal);
    home_unlock(conclave->home);
    return err;
}

enum err conclave_status(struct conclave *conclave, struct message *answer,
    struct checkpoint *newest, struct refusal *refusal)
{
    memset(newest, 0, sizeof *newest);
    enum err err = conclave->home < 0 ? ask_status(conclave, refusal)
                                      : locked_status(conclave, newest, refusal);
    if (err == OK)
        *answer = conclave->answer.message;
    return err;
}

enum err conclave_blob(struct conclave *conclave, const struct hash *hash, struct bytes *out,
    struct refusal *refusal)
{
    struct message ask = {.kind = ASK_BLOB, .blob.hash = *hash};
    enum err err = session_ask(conclave, &ask, &conclave->answer, CONNECTION_FOR_EVER, refusal);
    if (err != OK)
        return err;
    struct span bytes = conclave->answer.message.blob_is.bytes;
    struct hash found = hash_of(bytes);
    if (!hash_equal(&found, hash))
        return fault(ERR_SIGNATURE, refusal,
            "the appliance gave other bytes than those that were asked for by their hash");
    bytes_add(out, bytes);
    err = bytes_finish(out);
    return err == OK ? OK : fault(err, refusal, "what the appliance has is too large here");
}
