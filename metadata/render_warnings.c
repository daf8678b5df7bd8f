// What whoever approves accepts by approving.
#include "metadata/render_part.h"
#include "metadata/warning.h"

void render_named_warnings(const struct render_view *view, struct bytes *out)
{
    enum repository_kind kind = charter_repository(view->charter, view->role)->kind;
    const struct tuf *last = view->last.type == TUF_NONE ? NULL : &view->last;
    struct rule_set found =
        warnings_of(kind != KIND_DIRECTOR || view->evidence, &view->now, last);
    for (int id = 0; id < RULES; id++)
        if (rule_set_has(&found, (enum rule_id)id))
            bytes_add_format(
                out, "!! warning %s: %s\n", rule_table[id].id, rule_table[id].sentence);
}
