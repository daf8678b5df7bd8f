#include "metadata/custom.h"

#include "metadata/field.h"

#include <stdio.h>

// Kinds of hardware of one image: a platform has a dozen, and each is compared with all others.
enum { HARDWARE_IDS_MOST = 64 };

// ---- fields ----

static void read_hardware_ids(struct json *json, void *into)
{
    struct custom *custom = into;
    size_t from = json->at, count = 0;
    json_enter_array(json);
    while (json_element(json)) {
        size_t at = json->at;
        struct custom before = {
            .hardware_ids = span_of(json->whole.data + from, json->at - from)};
        struct span id = json_string(json);
        if (id.size == 0 || custom_has_hardware_id(&before, id))
            json_fail_at(
                json, at, RULE_HARDWARE_IDS, "a hardware id is a name, and stands once");
        if (++count > HARDWARE_IDS_MOST)
            json_fail_at(json, at, RULE_HARDWARE_IDS, "more than 64 hardware ids");
    }
    custom->hardware_ids = span_of(json->whole.data + from, json->at - from);
}

static void read_release_counter(struct json *json, void *into)
{
    struct custom *custom = into;
    custom->release_counter = field_integer(json, 0, JSON_INTEGER_MOST,
        (struct field_must){RULE_RELEASE_COUNTER_NEGATIVE, "must not be negative"});
}

static void read_text(struct json *json, void *into)
{
    (void)into;
    (void)json_string(json);
}

static void read_hardware_id(struct json *json, void *into)
{
    struct span *id = into;
    size_t from = json->at;
    *id = json_string(json);
    if (id->size == 0)
        json_fail_at(json, from, RULE_ECU_IDENTIFIERS, "an ECU has a hardware id");
}

static void read_ecu(struct json *json, struct span *hardware_id)
{
    static const struct field fields[] = {
        {"hardwareId", "hardwareId is missing", read_hardware_id, DIALECT_NONE}};
    fields_read(json, fields, sizeof fields / sizeof fields[0], hardware_id);
}

static void read_ecus(struct json *json, void *into)
{
    struct custom *custom = into;
    struct span serial, hardware_id;
    size_t from = json->at, count = 0;
    json_enter_object(json);
    for (; json_key(json, &serial); count++) {
        if (serial.size == 0)
            json_fail(json, RULE_ECU_IDENTIFIERS, "an ECU has a serial");
        read_ecu(json, &hardware_id);
    }
    if (count == 0)
        json_fail_at(json, from, RULE_ECU_IDENTIFIERS, "an image is for one ECU at least");
    custom->ecus = span_of(json->whole.data + from, json->at - from);
}

static void refuse_ecus(struct json *json, void *into)
{
    (void)into;
    json_fail(json, RULE_ECU_IN_IMAGES, "which ECU installs an image is the Director's to say");
}

// ---- the whole ----

static const struct known {
    const char *name;
    enum repository_kind kind; // KIND_NONE: of both
    void (*read)(struct json *json, void *into);
} known[] = {
    {"ecuIdentifiers", KIND_DIRECTOR, read_ecus},
    {"ecuIdentifiers", KIND_IMAGE, refuse_ecus},
    {"hardwareIds", KIND_IMAGE, read_hardware_ids},
    {"name", KIND_IMAGE, read_text},
    {"releaseCounter", KIND_NONE, read_release_counter},
    {"targetFormat", KIND_IMAGE, read_text},
    {"uri", KIND_NONE, read_text},
    {"version", KIND_IMAGE, read_text},
};

static const struct known *known_of(enum repository_kind kind, struct span name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if ((known[i].kind == KIND_NONE || known[i].kind == kind) &&
            span_is(name, known[i].name))
            return &known[i];
    return NULL;
}

static void read_fields(struct json *json, enum repository_kind kind, struct custom *out)
{
    struct span name;
    json_enter_object(json);
    while (json_key(json, &name)) {
        const struct known *field = known_of(kind, name);
        if (field != NULL)
            field->read(json, out);
        else if (kind == KIND_DIRECTOR)
            json_fail(json, RULE_UNKNOWN_FIELD, "an unknown field");
        else
            (void)json_skip(json);
    }
    if (kind == KIND_DIRECTOR && out->ecus.size == 0)
        json_fail(json, RULE_ECU_IDENTIFIERS, "ecuIdentifiers is missing");
}

enum err custom_read(enum repository_kind kind, const struct tuf_target *target,
    struct custom *out, struct refusal *refusal)
{
    enum { SHOWN = 200 }; // of a path, in a sentence
    char what[SHOWN + sizeof "custom of "];
    *out = (struct custom){.release_counter = -1};
    if (target->custom.size == 0 && kind != KIND_DIRECTOR)
        return OK;
    struct json json =
        json_of(DIALECT_UPTANE, target->custom.size == 0 ? span_text("{}") : target->custom);
    read_fields(&json, kind, out);
    if (json.failure == NULL)
        return OK;
    snprintf(what, sizeof what, "custom of %.*s",
        (int)(target->path.size < SHOWN ? target->path.size : SHOWN),
        (const char *)target->path.data);
    return field_finish(&json, what, refusal);
}

// ---- lists ----

struct custom_list custom_hardware_ids(const struct custom *custom)
{
    struct custom_list list = {.json = json_of(DIALECT_UPTANE, custom->hardware_ids)};
    json_enter_array(&list.json);
    return list;
}

bool custom_next_hardware_id(struct custom_list *list, struct span *id)
{
    if (!json_element(&list->json))
        return false;
    *id = json_string(&list->json);
    return list->json.failure == NULL;
}

struct custom_list custom_ecus(const struct custom *custom)
{
    struct custom_list list = {.json = json_of(DIALECT_UPTANE, custom->ecus)};
    json_enter_object(&list.json);
    return list;
}

bool custom_next_ecu(struct custom_list *list, struct span *serial, struct span *hardware_id)
{
    if (!json_key(&list->json, serial))
        return false;
    read_ecu(&list->json, hardware_id);
    return list->json.failure == NULL;
}

bool custom_has_hardware_id(const struct custom *custom, struct span id)
{
    struct custom_list list = custom_hardware_ids(custom);
    struct span one;
    while (custom_next_hardware_id(&list, &one))
        if (span_equal(one, id))
            return true;
    return false;
}
