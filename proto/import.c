// Imports: a repository that was signed elsewhere, and what its history breaks.
#include "proto/line.h"
#include "proto/motion.h"

#include <string.h>

static const char title_import[] = "conclave.import/v1";

void import_motion_write(const struct import_motion *motion, struct bytes *out)
{
    text_title(out, title_import);
    line_number(out, "number", motion->number);
    line_word(out, "repository", motion->repository);
    for (size_t i = 0; i < motion->root_count; i++)
        line_numbered(out, "root", motion->roots[i].version, &motion->roots[i].file);
    for (size_t i = 0; i < motion->role_count; i++) {
        const struct import_role *role = &motion->roles[i];
        text_name(out, "role");
        text_word(out, span_text(role->role));
        text_number(out, role->version);
        text_hash(out, &role->payload);
        text_moment(out, role->expires);
        text_end(out);
    }
    for (size_t i = 0; i < motion->finding_count; i++) {
        text_name(out, "accept");
        text_number(out, motion->findings[i].version);
        text_word(out, span_text(motion->findings[i].id));
        text_end(out);
    }
}

// ---- roots ----

static void roots_read(struct text *text, struct import_motion *out)
{
    while (out->root_count < LIMIT_HISTORY && text_next_is(text, "root")) {
        struct import_root *root = &out->roots[out->root_count];
        root->file = line_read_numbered(text, "root", &root->version);
        bool follows = out->root_count == 0 || root->version == root[-1].version + 1;
        if (root->version == 0 || !follows)
            text_fail(text);
        out->root_count++;
    }
    if (out->root_count == 0)
        text_fail(text);
}

// ---- roles ----

static void role_read(struct text *text, struct import_role *out)
{
    text_read_name(text, "role");
    field_read_role(text, out->role);
    out->version = text_read_number(text, LIMIT_VERSION);
    out->payload = text_read_hash(text);
    out->expires = text_read_moment(text);
    text_read_end(text);
    if (out->version == 0)
        text_fail(text);
}

// What follows the repository and the slash; NULL for a role of another repository.
static const char *role_within(const struct import_motion *motion, const char *role)
{
    size_t size = strlen(motion->repository);
    bool within = strncmp(role, motion->repository, size) == 0 && role[size] == '/';
    return within ? role + size + 1 : NULL;
}

// Of the repository, ascending; and the root is the last of the chain.
static bool role_fits(const struct import_motion *motion, size_t last)
{
    const struct import_role *role = &motion->roles[last];
    const char *name = role_within(motion, role->role);
    if (name == NULL || (last > 0 && strcmp(role[-1].role, role->role) >= 0))
        return false;
    return strcmp(name, "root") != 0 ||
           role->version == motion->roots[motion->root_count - 1].version;
}

static bool has_root(const struct import_motion *motion)
{
    for (size_t i = 0; i < motion->role_count; i++) {
        const char *name = role_within(motion, motion->roles[i].role);
        if (name != NULL && strcmp(name, "root") == 0)
            return true;
    }
    return false;
}

static void roles_read(struct text *text, struct import_motion *out)
{
    while (out->role_count < IMPORT_ROLES_MOST && text_next_is(text, "role")) {
        role_read(text, &out->roles[out->role_count]);
        if (!role_fits(out, out->role_count))
            text_fail(text);
        out->role_count++;
    }
    if (!has_root(out))
        text_fail(text);
}

// ---- findings ----

static bool id_is_good(const char *id)
{
    if (id[0] == '\0' || id[0] == '-')
        return false;
    return id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool finding_ascends(
    const struct import_finding *before, const struct import_finding *after)
{
    if (before->version != after->version)
        return before->version < after->version;
    return strcmp(before->id, after->id) < 0;
}

static void findings_read(struct text *text, struct import_motion *out)
{
    while (out->finding_count < LIMIT_FINDINGS && text_next_is(text, "accept")) {
        struct import_finding *finding = &out->findings[out->finding_count];
        text_read_name(text, "accept");
        finding->version = text_read_number(text, LIMIT_VERSION);
        text_read_word(text, finding->id, FINDING_ID_MOST);
        text_read_end(text);
        if (!id_is_good(finding->id))
            text_fail(text);
        if (out->finding_count > 0 && !finding_ascends(&finding[-1], finding))
            text_fail(text);
        out->finding_count++;
    }
}

enum err import_motion_read(struct span bytes, struct import_motion *out)
{
    struct text text = text_of(bytes);
    *out = (struct import_motion){0};
    text_read_title(&text, title_import);
    out->number = line_read_number(&text, "number", 1, LIMIT_VERSION);
    // Its name is as good as those of its roles, which begin with it.
    line_read_word(&text, "repository", out->repository, LIMIT_NAME);
    roots_read(&text, out);
    roles_read(&text, out);
    findings_read(&text, out);
    return text_finish(&text);
}
