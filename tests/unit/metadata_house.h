// An appliance as far as metadata/ looks at it: a charter and a state for the repository whose
// payloads tests/vectors/make writes, and cases to judge and to render.
#ifndef CONCLAVE_TESTS_UNIT_METADATA_HOUSE_H
#define CONCLAVE_TESTS_UNIT_METADATA_HOUSE_H

#include "metadata/judge.h"
#include "metadata/render.h"

enum { HOUSE_EVIDENCE = 8 };

// 2026-11-20T08:00:00Z
#define HOUSE_NOW INT64_C(1795161600)

struct house {
    enum dialect dialect; // of "image", and of the vectors that the house reads
    struct charter *charter;
    struct state state;
    struct bytes root; // last signed root payload
};

// Administrators, one requester, the roles root, snapshot, targets and timestamp of "image" with
// the keys that root-1 lists (of `tuf`, the RSA key is another's), nothing signed yet.
void house_init(struct house *house);
// The same in a dialect. Of `uptane` it is an Image repository; tests make a Director of it.
void house_init_of(struct house *house, enum dialect dialect);
void house_clear(struct house *house);
// Two of the supplier's keys become the appliance's, for the role image/supplier.
void house_adopt_supplier(struct house *house);
// The role has signed tests/vectors/DIALECT/NAME.json last; as root it becomes house->root.
void house_signed(struct house *house, const char *role, const char *name);

// A payload to be judged, with what belongs to it. Change bytes, then scene_judge.
struct scene {
    struct house *house;
    struct item item;
    struct bytes payload;
    struct bytes previous;
    struct bytes evidence[HOUSE_EVIDENCE];
    size_t evidence_count;
    struct refusal refusal;
    struct judge_facts facts;
};

// `previous` is NULL or names the payload that house_signed made the last.
void scene_init(struct scene *scene, struct house *house, const char *role, const char *payload,
    const char *previous);
void scene_evidence(struct scene *scene, const char *signed_file);
void scene_clear(struct scene *scene);
// Names the payload as it is now by version (as long as it can be read) and hash, and judges it.
enum err scene_judge(struct scene *scene);
// Judges without touching the item.
enum err scene_judge_as_named(struct scene *scene);

// A request of one item or more, opened at HOUSE_NOW, to be rendered.
enum { HOUSE_ITEMS = 4 };
struct showing {
    struct house *house;
    struct request request;
    struct opened opened;
    struct span payloads[HOUSE_ITEMS];
    struct span previous[HOUSE_ITEMS];
    struct refusal refusal;
};
void showing_init(struct showing *showing, struct house *house);
// Adds an item with these bytes (borrowed); its version is the payload's, or 1 if unreadable.
void showing_item(
    struct showing *showing, const char *role, struct span payload, struct span previous);
// Appends the rendering.
enum err showing_render(struct showing *showing, struct bytes *out);
// Takes each payload's own hash out of a rendering (tests/unit/blank.h).
void showing_blank(const struct showing *showing, struct bytes *rendering);

// Replaces the first `old` in the bytes; aborts when it is not there.
void replace_text(struct bytes *bytes, const char *old, const char *new);

#endif
