#include "policy/policy_file.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- the schema ----
// Every value is read as text: the library would take 010 for eight and 0x10 for sixteen.

#define WORD(structure, member)                                                                \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER, structure, member, 0, CYAML_UNLIMITED)
#define OPTIONAL_WORD(structure, member)                                                       \
    CYAML_FIELD_STRING_PTR(#member, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure,       \
        member, 0, CYAML_UNLIMITED)
#define LIST(structure, member, count, entry, most)                                            \
    CYAML_FIELD_SEQUENCE_COUNT(                                                                \
        #member, CYAML_FLAG_POINTER, structure, member, count, entry, 1, most)

static const cyaml_schema_value_t member_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};

static const cyaml_schema_field_t administrator_fields[] = {
    WORD(struct file_administrator, name), WORD(struct file_administrator, key),
    CYAML_FIELD_END};
static const cyaml_schema_value_t administrator_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_administrator, administrator_fields)};

static const cyaml_schema_field_t group_fields[] = {WORD(struct file_group, name),
    LIST(struct file_group, members, member_count, &member_schema, LIMIT_ADMINISTRATORS),
    CYAML_FIELD_END};
static const cyaml_schema_value_t group_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_group, group_fields)};

static const cyaml_schema_field_t charter_fields[] = {WORD(struct file_charter, group),
    WORD(struct file_charter, quorum), OPTIONAL_WORD(struct file_charter, delay),
    CYAML_FIELD_END};

static const cyaml_schema_field_t quota_fields[] = {OPTIONAL_WORD(struct file_quota, open),
    OPTIONAL_WORD(struct file_quota, bytes), OPTIONAL_WORD(struct file_quota, records),
    CYAML_FIELD_END};

static const cyaml_schema_field_t requester_fields[] = {WORD(struct file_requester, name),
    WORD(struct file_requester, person), WORD(struct file_requester, key),
    CYAML_FIELD_MAPPING(
        "quota", CYAML_FLAG_OPTIONAL, struct file_requester, quota, quota_fields),
    CYAML_FIELD_END};
static const cyaml_schema_value_t requester_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_requester, requester_fields)};

static const cyaml_schema_field_t expires_fields[] = {OPTIONAL_WORD(struct file_expires, least),
    WORD(struct file_expires, most), CYAML_FIELD_END};

static const cyaml_schema_field_t rate_fields[] = {
    WORD(struct file_rate, count), WORD(struct file_rate, per), CYAML_FIELD_END};

static const cyaml_schema_field_t key_fields[] = {OPTIONAL_WORD(struct file_key, type),
    OPTIONAL_WORD(struct file_key, count), OPTIONAL_WORD(struct file_key, key),
    OPTIONAL_WORD(struct file_key, custodian), CYAML_FIELD_END};
static const cyaml_schema_value_t key_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_key, key_fields)};

static const cyaml_schema_field_t role_fields[] = {WORD(struct file_role, name),
    WORD(struct file_role, group), WORD(struct file_role, quorum),
    OPTIONAL_WORD(struct file_role, signs),
    CYAML_FIELD_MAPPING(
        "expires", CYAML_FLAG_DEFAULT, struct file_role, expires, expires_fields),
    WORD(struct file_role, delay), OPTIONAL_WORD(struct file_role, approve_within),
    CYAML_FIELD_MAPPING("rate", CYAML_FLAG_OPTIONAL, struct file_role, rate, rate_fields),
    OPTIONAL_WORD(struct file_role, threshold),
    LIST(struct file_role, keys, key_count, &key_schema, LIMIT_KEYS), CYAML_FIELD_END};
static const cyaml_schema_value_t role_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_role, role_fields)};

static const cyaml_schema_field_t repository_fields[] = {WORD(struct file_repository, name),
    WORD(struct file_repository, dialect), OPTIONAL_WORD(struct file_repository, kind),
    LIST(struct file_repository, roles, role_count, &role_schema, LIMIT_ROLES),
    CYAML_FIELD_END};
static const cyaml_schema_value_t repository_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_repository, repository_fields)};

static const cyaml_schema_field_t policy_fields[] = {WORD(struct policy_file, appliance),
    OPTIONAL_WORD(struct policy_file, clock), OPTIONAL_WORD(struct policy_file, jump),
    LIST(struct policy_file, administrators, administrator_count, &administrator_schema,
        LIMIT_ADMINISTRATORS),
    LIST(struct policy_file, groups, group_count, &group_schema, LIMIT_GROUPS),
    CYAML_FIELD_MAPPING(
        "charter", CYAML_FLAG_DEFAULT, struct policy_file, charter, charter_fields),
    LIST(struct policy_file, requesters, requester_count, &requester_schema, LIMIT_REQUESTERS),
    LIST(struct policy_file, repositories, repository_count, &repository_schema,
        LIMIT_REPOSITORIES),
    CYAML_FIELD_END};
static const cyaml_schema_value_t policy_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct policy_file, policy_fields)};

// ---- what the library says ----
// It tells of a fault in its log alone: one line that says what, then the way from the value out
// to the whole, a line for each step.

enum { STEPS_MOST = 16, FIELD_MOST = 40 };

struct step {
    enum { STEP_OTHER, STEP_FIELD, STEP_ENTRY } kind;
    unsigned entry; // from 1; 0 before the first
    char field[FIELD_MOST + 1];
};

struct trace {
    char what[200];
    struct step steps[STEPS_MOST]; // the innermost first
    size_t step_count;
};

static struct step step_of(const char *line)
{
    struct step step = {.kind = STEP_OTHER};
    static const char in_field[] = "  in mapping field '", in_entry[] = "  in sequence entry '";
    struct span span = span_text(line);
    if (span_starts(span, in_field)) {
        const char *name = line + strlen(in_field);
        int size = (int)strcspn(name, "'");
        snprintf(step.field, sizeof step.field, "%.*s", size, name);
        step.kind = STEP_FIELD;
    } else if (span_starts(span, in_entry)) {
        step.entry = (unsigned)strtoul(line + strlen(in_entry), NULL, 10);
        step.kind = STEP_ENTRY;
    }
    return step;
}

static void on_log(cyaml_log_t level, void *context, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));

static void on_log(cyaml_log_t level, void *context, const char *format, va_list list)
{
    struct trace *trace = context;
    char line[300];
    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(line, sizeof line, format, list);
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "  in ", 5) != 0 && trace->what[0] == '\0')
        snprintf(trace->what, sizeof trace->what, "%.150s", line);
    else if (strncmp(line, "  in ", 5) == 0 && trace->step_count < STEPS_MOST)
        trace->steps[trace->step_count++] = step_of(line);
}

// What stands behind the last ": " of what the library said: a field's name.
static const char *trace_detail(const struct trace *trace)
{
    const char *colon = strrchr(trace->what, ':');
    return colon == NULL || colon[1] == '\0' ? "" : colon + 2;
}

static const char *expected_of(const struct trace *trace)
{
    static const char *const kinds[][2] = {{"Expecting STRING", "a single value"},
        {"Expecting SEQUENCE", "a list: write each entry on a line of its own, with a dash"},
        {"Expecting MAPPING", "fields: write each as \"name: value\""}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strstr(trace->what, kinds[i][0]) != NULL)
            return kinds[i][1];
    return "something else";
}

// The way to the value as a path. `skip`: the innermost step is not on it.
static void place_of_trace(const struct trace *trace, bool skip, struct policy_fault *fault)
{
    char path[POLICY_PATH_MOST] = "";
    size_t size = 0;
    for (size_t i = trace->step_count; i-- > (skip ? 1 : 0) && size < sizeof path;) {
        const struct step *step = &trace->steps[i];
        int grew = 0;
        if (step->kind == STEP_FIELD)
            grew = snprintf(
                path + size, sizeof path - size, "%s%s", size == 0 ? "" : ".", step->field);
        else if (step->kind == STEP_ENTRY && step->entry > 0)
            grew = snprintf(path + size, sizeof path - size, "[%u]", step->entry - 1);
        size += grew < 0 ? 0 : (size_t)grew;
    }
    policy_fault_at(fault, "%s", path);
}

// Whether the innermost step is only how far the library had come: a field before the missing one,
// or an entry of a list that is itself too long or too short.
static bool is_beside(const struct trace *trace, cyaml_err_t error)
{
    if (trace->step_count == 0)
        return false;
    bool entry = trace->steps[0].kind == STEP_ENTRY;
    if (error == CYAML_ERR_MAPPING_FIELD_MISSING)
        return !entry;
    return entry &&
           (error == CYAML_ERR_SEQUENCE_ENTRIES_MAX || error == CYAML_ERR_SEQUENCE_ENTRIES_MIN);
}

static enum err unknown_field(const struct trace *trace, struct policy_fault *fault)
{
    char around[POLICY_PATH_MOST];
    snprintf(around, sizeof around, "%s", fault->path);
    policy_fault_at(fault, "%s%s%s", around, around[0] == '\0' ? "" : ".", trace_detail(trace));
    return policy_fault_say(
        fault, "There is no such field here: take it out, or correct its spelling.");
}

static enum err too_many(const struct trace *trace, struct policy_fault *fault)
{
    const char *number = strchr(trace->what, '(');
    unsigned most = number == NULL ? 0 : (unsigned)strtoul(number + 1, NULL, 10);
    if (most == 0)
        return policy_fault_say(fault, "This list is too long: shorten it.");
    return policy_fault_say(fault, "This list may have %u entries: shorten it.", most);
}

static enum err missing_field(const struct trace *trace, struct policy_fault *fault)
{
    return policy_fault_say(
        fault, "The field %s is missing here: add it.", trace_detail(trace));
}

static enum err second_field(const struct trace *trace, struct policy_fault *fault)
{
    (void)trace;
    return policy_fault_say(fault, "This field stands twice: keep one of them.");
}

static enum err wrong_kind(const struct trace *trace, struct policy_fault *fault)
{
    return policy_fault_say(fault, "This must be %s.", expected_of(trace));
}

static enum err empty_list(const struct trace *trace, struct policy_fault *fault)
{
    (void)trace;
    return policy_fault_say(fault, "This list is empty: add an entry.");
}

static const struct {
    cyaml_err_t error;
    enum err (*say)(const struct trace *trace, struct policy_fault *fault);
} sayings[] = {
    {CYAML_ERR_INVALID_KEY, unknown_field},
    {CYAML_ERR_MAPPING_FIELD_MISSING, missing_field},
    {CYAML_ERR_UNEXPECTED_EVENT, second_field},
    {CYAML_ERR_INVALID_VALUE, wrong_kind},
    {CYAML_ERR_SEQUENCE_ENTRIES_MIN, empty_list},
    {CYAML_ERR_SEQUENCE_ENTRIES_MAX, too_many},
};

static enum err fault_of(
    cyaml_err_t error, const struct trace *trace, struct policy_fault *fault)
{
    if (error == CYAML_ERR_OOM)
        return ERR_MEMORY;
    place_of_trace(trace, is_beside(trace, error), fault);
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++)
        if (sayings[i].error == error)
            return sayings[i].say(trace, fault);
    return policy_fault_say(
        fault, "This cannot be read (%s): correct it.", cyaml_strerror(error));
}

// ---- reading ----

static cyaml_config_t config_with(struct trace *trace)
{
    return (cyaml_config_t){.log_fn = on_log,
        .log_ctx = trace,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_ERROR,
        .flags = CYAML_CFG_NO_ALIAS};
}

enum err policy_file_read(
    struct span yaml, struct policy_file **out, struct policy_fault *fault)
{
    struct trace trace = {.step_count = 0};
    cyaml_config_t config = config_with(&trace);
    cyaml_data_t *data = NULL;
    cyaml_err_t error =
        cyaml_load_data(yaml.data, yaml.size, &config, &policy_schema, &data, NULL);
    if (error != CYAML_OK)
        return fault_of(error, &trace, fault);
    // The library calls an empty file a success without data.
    if (data == NULL)
        return policy_fault_say(fault, "The file holds no policy: write one.");
    *out = data;
    return OK;
}

void policy_file_free(struct policy_file *file)
{
    struct trace trace = {.step_count = 0};
    cyaml_config_t config = config_with(&trace);
    if (file != NULL)
        (void)cyaml_free(&config, &policy_schema, file, 0);
}
