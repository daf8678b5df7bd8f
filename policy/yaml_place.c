#include "policy/yaml_place.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

// A policy file is seven deep; the names of its fields have at most fourteen letters.
enum { DEPTH_MOST = 10, FIELD_MOST = 40 };

struct frame {
    bool list;
    bool wants_field; // a mapping whose next scalar is a field's name
    size_t entry;     // of a list: the next entry
    size_t path_size; // of the mapping or list itself
};

struct walk {
    yaml_parser_t parser;
    struct frame frames[DEPTH_MOST];
    size_t depth;
    size_t documents;
    char path[POLICY_PATH_MOST];
    size_t path_size;
    yaml_mark_t mark;   // of the event
    const char *target; // the path that is looked for, or NULL
    size_t found_size;  // how much of it was found, and where
    yaml_mark_t found;
};

// ---- the path ----

static void path_cut(struct walk *walk, size_t size)
{
    walk->path_size = size;
    walk->path[size] = '\0';
}

static void path_grew(struct walk *walk, int size)
{
    size_t room = sizeof walk->path - 1 - walk->path_size;
    walk->path_size += size < 0 ? 0 : (size_t)size < room ? (size_t)size : room;
}

static void path_field(struct walk *walk, const char *name)
{
    path_grew(walk, snprintf(walk->path + walk->path_size, sizeof walk->path - walk->path_size,
                        "%s%s", walk->path_size == 0 ? "" : ".", name));
}

static void path_entry(struct walk *walk, size_t entry)
{
    path_grew(walk, snprintf(walk->path + walk->path_size, sizeof walk->path - walk->path_size,
                        "[%zu]", entry));
}

// Whether the target is the current path or lies below it.
static bool leads_to_target(const struct walk *walk)
{
    if (walk->target == NULL || strncmp(walk->target, walk->path, walk->path_size) != 0)
        return false;
    char next = walk->target[walk->path_size];
    return walk->path_size == 0 || next == '\0' || next == '.' || next == '[';
}

// ---- events: each says what is wrong, or NULL ----

static const char *value_begins(struct walk *walk)
{
    if (walk->depth > 0) {
        struct frame *frame = &walk->frames[walk->depth - 1];
        if (frame->list)
            path_entry(walk, frame->entry++);
        else if (frame->wants_field)
            return "The name of a field is a single word: write it as one.";
    }
    if (leads_to_target(walk) && walk->path_size >= walk->found_size) {
        walk->found_size = walk->path_size;
        walk->found = walk->mark;
    }
    return NULL;
}

static void value_ends(struct walk *walk)
{
    if (walk->depth == 0)
        return;
    struct frame *frame = &walk->frames[walk->depth - 1];
    frame->wants_field = !frame->list;
    path_cut(walk, frame->path_size);
}

static const char *on_field(struct walk *walk, const char *name, size_t size)
{
    if (size == 0 || size > FIELD_MOST || strpbrk(name, ".[]") != NULL)
        return "This is no field of a policy file: take it out, or correct its spelling.";
    walk->frames[walk->depth - 1].wants_field = false;
    path_field(walk, name);
    return NULL;
}

static const char *on_scalar(struct walk *walk, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t size = event->data.scalar.length;
    if (strlen(text) != size)
        return "There is a NUL byte in this value: take it out.";
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return "Anchors (&) and tags (!) are not used here: write the value alone.";
    if (walk->depth == 0)
        return "A policy file is a list of fields, \"appliance: ...\" first: write them.";
    if (walk->frames[walk->depth - 1].wants_field)
        return on_field(walk, text, size);
    const char *wrong = value_begins(walk);
    value_ends(walk);
    return wrong;
}

static const char *push(struct walk *walk, bool list, bool plain)
{
    const char *wrong = value_begins(walk);
    if (wrong != NULL)
        return wrong;
    if (!plain)
        return "Anchors (&) and tags (!) are not used here: write the value alone.";
    if (walk->depth == DEPTH_MOST)
        return "This is nested deeper than any policy file: take it out.";
    walk->frames[walk->depth++] =
        (struct frame){.list = list, .wants_field = !list, .path_size = walk->path_size};
    return NULL;
}

static const char *on_list(struct walk *walk, const yaml_event_t *event)
{
    if (walk->depth == 0)
        return "A policy file is a list of fields, \"appliance: ...\" first: write them.";
    return push(walk, true,
        event->data.sequence_start.anchor == NULL && event->data.sequence_start.tag == NULL);
}

static const char *on_mapping(struct walk *walk, const yaml_event_t *event)
{
    return push(walk, false,
        event->data.mapping_start.anchor == NULL && event->data.mapping_start.tag == NULL);
}

static const char *on_end(struct walk *walk, const yaml_event_t *event)
{
    (void)event;
    walk->depth--;
    value_ends(walk);
    return NULL;
}

static const char *on_alias(struct walk *walk, const yaml_event_t *event)
{
    (void)walk;
    (void)event;
    return "Aliases (*) are not used here: write the value out.";
}

static const char *on_document(struct walk *walk, const yaml_event_t *event)
{
    (void)event;
    if (walk->documents++ > 0)
        return "A policy file is one document: take out the second one.";
    return NULL;
}

static const char *on_stream_end(struct walk *walk, const yaml_event_t *event)
{
    (void)event;
    if (walk->documents == 0)
        return "The file is empty: write a policy, \"appliance: ...\" first.";
    return NULL;
}

typedef const char *handler(struct walk *walk, const yaml_event_t *event);

static handler *const handlers[] = {
    [YAML_STREAM_END_EVENT] = on_stream_end,
    [YAML_DOCUMENT_START_EVENT] = on_document,
    [YAML_ALIAS_EVENT] = on_alias,
    [YAML_SCALAR_EVENT] = on_scalar,
    [YAML_SEQUENCE_START_EVENT] = on_list,
    [YAML_SEQUENCE_END_EVENT] = on_end,
    [YAML_MAPPING_START_EVENT] = on_mapping,
    [YAML_MAPPING_END_EVENT] = on_end,
};

// ---- the walk ----

static const char *walk_step(struct walk *walk, const yaml_event_t *event)
{
    size_t type = event->type;
    walk->mark = event->start_mark;
    if (type >= sizeof handlers / sizeof handlers[0] || handlers[type] == NULL)
        return NULL;
    return handlers[type](walk, event);
}

// The library's reader knows an offset and no line.
static void place_of_offset(struct span yaml, size_t offset, struct policy_fault *fault)
{
    fault->line = fault->column = 1;
    for (size_t i = 0; i < offset && i < yaml.size; i++) {
        fault->line += yaml.data[i] == '\n';
        fault->column = yaml.data[i] == '\n' ? 1 : fault->column + 1;
    }
}

static void place_of_mark(yaml_mark_t mark, struct policy_fault *fault)
{
    fault->line = (unsigned)mark.line + 1;
    fault->column = (unsigned)mark.column + 1;
}

static enum err syntax_fault(
    const struct walk *walk, struct span yaml, struct policy_fault *fault)
{
    const yaml_parser_t *parser = &walk->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        return ERR_MEMORY;
    if (parser->error == YAML_READER_ERROR)
        place_of_offset(yaml, parser->problem_offset, fault);
    else
        place_of_mark(parser->problem_mark, fault);
    const char *problem = parser->problem == NULL ? "unknown" : parser->problem;
    if (parser->context == NULL)
        return policy_fault_say(fault,
            "This is not YAML (%s): check quotes, brackets and indentation, and use no tabs.",
            problem);
    return policy_fault_say(fault,
        "This is not YAML (%s %s that begins in line %zu): check quotes, brackets and "
        "indentation, and use no tabs.",
        problem, parser->context, parser->context_mark.line + 1);
}

static enum err walk_all(struct walk *walk, struct span yaml, struct policy_fault *fault)
{
    const char *wrong = NULL;
    for (bool more = true; more && wrong == NULL;) {
        yaml_event_t event;
        if (yaml_parser_parse(&walk->parser, &event) != 1)
            return syntax_fault(walk, yaml, fault);
        more = event.type != YAML_STREAM_END_EVENT;
        wrong = walk_step(walk, &event);
        yaml_event_delete(&event);
    }
    if (wrong == NULL)
        return OK;
    policy_fault_at(fault, "%s", walk->path);
    place_of_mark(walk->mark, fault);
    return policy_fault_say(fault, "%s", wrong);
}

static enum err walk_run(struct walk *walk, struct span yaml, struct policy_fault *fault)
{
    if (yaml_parser_initialize(&walk->parser) != 1)
        return ERR_MEMORY;
    yaml_parser_set_input_string(&walk->parser, yaml.data, yaml.size);
    yaml_parser_set_encoding(&walk->parser, YAML_UTF8_ENCODING);
    enum err err = walk_all(walk, yaml, fault);
    yaml_parser_delete(&walk->parser);
    return err;
}

enum err yaml_check(struct span yaml, struct policy_fault *fault)
{
    struct walk walk = {.target = NULL};
    return walk_run(&walk, yaml, fault);
}

void yaml_place(struct span yaml, struct policy_fault *fault)
{
    struct policy_fault other;
    struct walk walk = {.target = fault->path};
    if (walk_run(&walk, yaml, &other) == OK)
        place_of_mark(walk.found, fault);
}
