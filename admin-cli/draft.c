#include "admin-cli/draft.h"

#include "admin-cli/print.h"
#include "client/source.h"
#include "metadata/render.h"

#include <string.h>

void draft_init(struct draft *draft)
{
    *draft = (struct draft){.charter = charter_new()};
    bytes_init(&draft->text, LIMIT_CHARTER);
    bytes_init(&draft->words, RENDER_MOST);
}

void draft_clear(struct draft *draft)
{
    charter_free(draft->charter);
    bytes_clear(&draft->text);
    bytes_clear(&draft->words);
}

int draft_take(struct draft *draft, const char *name)
{
    struct refusal refusal = {0};
    if (draft->charter == NULL)
        return cli_say(STATUS_LOCAL, "out of memory");
    if (charter_read(bytes_span(&draft->text), draft->charter, &refusal) == OK)
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL, "%s is no charter: %s%s%s", name, refusal.rule,
        refusal.rule[0] == 0 ? "" : ": ", refusal.sentence);
}

int draft_read(struct draft *draft, const char *path)
{
    struct refusal refusal = {0};
    enum err err = source_read_file(path, &draft->text, &refusal);
    return err == OK ? draft_take(draft, path) : cli_fail(SIDE_LOCAL, err, &refusal);
}

int draft_check(const struct draft *draft, const struct house *house)
{
    const struct charter *now = house->charter;
    if (draft->charter->epoch == now->epoch + 1 &&
        hash_equal(&draft->charter->previous, &now->hash))
        return STATUS_DONE;
    return cli_say(STATUS_LOCAL,
        "this charter is of epoch %llu, and does not follow the one in force (epoch %llu): "
        "draft it anew with `conclave charter draft`",
        (unsigned long long)draft->charter->epoch, (unsigned long long)now->epoch);
}

int draft_render(struct draft *draft, const struct house *house)
{
    struct refusal refusal = {0};
    int status = draft_check(draft, house);
    if (status != STATUS_DONE)
        return status;
    enum err err = render_draft(house->charter, bytes_span(&house->charter_text),
        bytes_span(&draft->text), &draft->words, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// ---- proofs ----

static bool is_there(const struct charter *now, const char *name, const struct key *key)
{
    const struct administrator *administrator = charter_administrator(now, &key->id);
    return administrator != NULL && strcmp(administrator->name, name) == 0;
}

static bool asks_there(const struct charter *now, const char *name, const struct key *key)
{
    const struct requester *requester = charter_requester(now, &key->id);
    return requester != NULL && strcmp(requester->name, name) == 0;
}

size_t draft_proofs(const struct draft *draft, const struct charter *now,
    struct draft_proof proofs[DRAFT_PROOFS])
{
    const struct charter *next = draft->charter;
    size_t count = 0;
    for (size_t i = 0; i < next->administrator_count; i++) {
        const struct administrator *who = &next->administrators[i];
        if (!is_there(now, who->name, &who->key))
            proofs[count++] = (struct draft_proof){who->name, &who->key};
    }
    for (size_t i = 0; i < next->requester_count; i++) {
        const struct requester *who = &next->requesters[i];
        if (!asks_there(now, who->name, &who->key))
            proofs[count++] = (struct draft_proof){who->name, &who->key};
    }
    return count;
}

// ---- printing ----

void draft_print_text(const struct draft *draft, const struct house *house)
{
    struct draft_proof proofs[DRAFT_PROOFS];
    size_t count = draft_proofs(draft, house->charter, proofs);
    char hex[PRINT_HASH];
    print_foreign(stdout, bytes_span(&draft->words));
    if (count > 0)
        print_words(stdout,
            "\nKeys whose possession is to be proven, each with `conclave charter prove`:\n");
    for (size_t i = 0; i < count; i++) {
        hash_hex(&proofs[i].key->id, hex);
        print_words(stdout, "  %s %s\n", proofs[i].name, hex);
    }
    hash_hex(&draft->charter->hash, hex);
    print_words(
        stdout, "\nCharter   epoch %llu, %s\n", (unsigned long long)draft->charter->epoch, hex);
}

void draft_scribe(struct scribe *scribe, const struct draft *draft, const struct house *house)
{
    struct draft_proof proofs[DRAFT_PROOFS];
    size_t count = draft_proofs(draft, house->charter, proofs);
    scribe_hash(scribe, "charter", &draft->charter->hash);
    scribe_number(scribe, "epoch", draft->charter->epoch);
    scribe_array(scribe, "proofs");
    for (size_t i = 0; i < count; i++) {
        scribe_object(scribe, NULL);
        scribe_text(scribe, "name", proofs[i].name);
        scribe_hash(scribe, "key", &proofs[i].key->id);
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
    scribe_span(scribe, "words", bytes_span(&draft->words));
}

int draft_print(const struct cli *cli, const struct draft *draft, const struct house *house)
{
    struct scribe scribe;
    if (!cli->json) {
        draft_print_text(draft, house);
        return STATUS_DONE;
    }
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    draft_scribe(&scribe, draft, house);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE
                                       : cli_say(STATUS_LOCAL, "the output cannot be written");
}
