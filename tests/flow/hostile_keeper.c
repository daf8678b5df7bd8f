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
#include "metadata/judge.h"
#include "policy/decide.h"
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
