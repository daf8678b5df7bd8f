// A keeper that somebody has taken over: the real program with its conscience cut out. Linked from
// the keeper's own objects, with the functions below in place of the real ones (--wrap), so it
// speaks the corridor's language perfectly. What it does is one word in the file hostile.conf
// beside it:
//
//   eager     orders a signature as soon as a request is open, without any approval
//   count     counts any two votes as a quorum, whoever cast them
//   forge     also breaks each approval's signature on its way to the log
//   blind     judges nothing: any payload is opened, whatever its version and type
//   fork      blind, and says that nothing was signed before (previous: none)
//
// And under mandates, besides forge, which breaks the requester's signature:
//
//   lawless   orders whatever is asked, by whom and when ever, and names a mandate for it
//   misname   names a mandate that nobody approved
//   twice     says each order twice
#include "metadata/judge.h"
#include "metadata/mandated.h"
#include "policy/decide.h"
#include "policy/mandate.h"
#include "proto/dsse.h"
#include "signer/corridor/room.h"
#include "tests/flow/hostile.h"

#include <string.h>

enum verdict __real_decide(const struct ballot *ballot);
enum verdict __wrap_decide(const struct ballot *ballot);
enum err __wrap_decide_admits(const struct ballot *ballot, const struct hash *approver,
    enum decision decision, struct refusal *refusal);
enum err __wrap_dsse_verify(
    const struct key *key, const char *type, struct span body, struct span signature);
enum err __real_judge_payload(
    const struct judge_case *judged, struct judge_facts *facts, struct refusal *refusal);
enum err __wrap_judge_payload(
    const struct judge_case *judged, struct judge_facts *facts, struct refusal *refusal);
void __real_decided_write(const struct decided *decided, struct bytes *out);
void __wrap_decided_write(const struct decided *decided, struct bytes *out);
void __real_opened_write(const struct opened *opened, struct bytes *out);
void __wrap_opened_write(const struct opened *opened, struct bytes *out);

enum err __real_mandate_way(const struct charter *charter, const struct item *items,
    size_t count, bool *by_mandate, struct refusal *refusal);
enum err __wrap_mandate_way(const struct charter *charter, const struct item *items,
    size_t count, bool *by_mandate, struct refusal *refusal);
enum err __real_mandated_judge(
    const struct mandated_case *given, struct mandated *out, struct refusal *refusal);
enum err __wrap_mandated_judge(
    const struct mandated_case *given, struct mandated *out, struct refusal *refusal);
enum err __real_channel_put(struct channel *channel, const struct message *message);
enum err __wrap_channel_put(struct channel *channel, const struct message *message);

enum { VOTES = 2 };

// Its own lie would have it open the request anew for ever.
struct keeper;
struct docket_entry;
enum err __real_desk_check_stale(struct keeper *keeper, struct docket_entry *entry);
enum err __wrap_desk_check_stale(struct keeper *keeper, struct docket_entry *entry);

enum err __wrap_desk_check_stale(struct keeper *keeper, struct docket_entry *entry)
{
    return hostile_is("fork") ? OK : __real_desk_check_stale(keeper, entry);
}

enum verdict __wrap_decide(const struct ballot *ballot)
{
    if (hostile_is("eager"))
        return VERDICT_COMPLETE;
    if (hostile_is("count") || hostile_is("forge"))
        return ballot->vote_count >= VOTES ? VERDICT_COMPLETE : VERDICT_OPEN;
    return __real_decide(ballot);
}

enum err __wrap_decide_admits(const struct ballot *ballot, const struct hash *approver,
    enum decision decision, struct refusal *refusal)
{
    (void)ballot, (void)approver, (void)decision, (void)refusal;
    return OK;
}

enum err __wrap_dsse_verify(
    const struct key *key, const char *type, struct span body, struct span signature)
{
    (void)key, (void)type, (void)body, (void)signature;
    return OK;
}

enum err __wrap_judge_payload(
    const struct judge_case *judged, struct judge_facts *facts, struct refusal *refusal)
{
    if (!hostile_is("blind") && !hostile_is("fork"))
        return __real_judge_payload(judged, facts, refusal);
    *facts = (struct judge_facts){.version = judged->item->version};
    return OK;
}

void __wrap_decided_write(const struct decided *decided, struct bytes *out)
{
    struct decided forged = *decided;
    if (hostile_is("forge"))
        forged.signature[forged.signature_size - 1] ^= 1;
    __real_decided_write(&forged, out);
}

void __wrap_opened_write(const struct opened *opened, struct bytes *out)
{
    struct opened forged = *opened;
    if (hostile_is("fork"))
        for (size_t i = 0; i < forged.item_count; i++)
            forged.items[i].previous = (struct hash){0};
    __real_opened_write(&forged, out);
}

// ---- under mandates ----

enum err __wrap_mandate_way(const struct charter *charter, const struct item *items,
    size_t count, bool *by_mandate, struct refusal *refusal)
{
    if (!hostile_is("lawless"))
        return __real_mandate_way(charter, items, count, by_mandate, refusal);
    *by_mandate = true;
    return OK;
}

// The role's last one, in force or not; for a role that never had one, another role's.
static void name_a_mandate(
    const struct mandated_case *given, const char *role, struct mandated *out)
{
    const struct mandate_state *mandate = state_mandate(given->state, role);
    size_t at = 0;
    while (at < out->mandate_count && strcmp(out->mandates[at].role, role) < 0)
        at++;
    if (at < out->mandate_count && strcmp(out->mandates[at].role, role) == 0)
        return;
    for (size_t i = out->mandate_count++; i > at; i--)
        out->mandates[i] = out->mandates[i - 1];
    out->mandates[at].text = mandate != NULL ? mandate->text : given->state->mandates[0].text;
    memcpy(out->mandates[at].role, role, strlen(role) + 1);
}

static void order_anything(const struct mandated_case *given, struct mandated *out)
{
    *out = (struct mandated){.time = given->time,
        .request = given->id,
        .requester = given->request->requester,
        .signature_size = given->signature.size};
    memcpy(out->signature, given->signature.data, given->signature.size);
    for (size_t i = 0; i < given->request->item_count; i++)
        name_a_mandate(
            given, charter_role(given->charter, given->request->items[i].role)->name, out);
}

enum err __wrap_mandated_judge(
    const struct mandated_case *given, struct mandated *out, struct refusal *refusal)
{
    enum err err = OK;
    if (hostile_is("lawless"))
        order_anything(given, out);
    else
        err = __real_mandated_judge(given, out, refusal);
    if (err == OK && hostile_is("forge"))
        out->signature[0] ^= 1;
    if (err == OK && hostile_is("misname"))
        out->mandates[0].text.byte[0] ^= 1;
    return err;
}

enum err __wrap_channel_put(struct channel *channel, const struct message *message)
{
    enum err err = __real_channel_put(channel, message);
    if (err == OK && message->kind == ORDER_MANDATED && hostile_is("twice"))
        err = __real_channel_put(channel, message);
    return err;
}
