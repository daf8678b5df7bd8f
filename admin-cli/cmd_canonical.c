// conclave canonical: the bytes that are signed, from JSON as any program writes it. It asks no
// appliance.
#include "admin-cli/commands.h"
#include "admin-cli/options.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "client/source.h"
#include "metadata/json.h"
#include "metadata/json_loose.h"

// A file of the largest payload that is indented, its signatures beside it.
enum { CANONICAL_FILE_MOST = 4 * LIMIT_PAYLOAD };

struct canonical {
    enum dialect dialect;
    const char *name; // of the file, for people
    const char *path;
    bool signed_part; // only that
    bool check;       // whether it is canonical already
};

// ---- the form ----

static bool is_canonical(enum dialect dialect, struct span text)
{
    struct json json = json_of(dialect, text);
    (void)json_skip(&json);
    return json_finish(&json) == OK;
}

static size_t line_of(struct span text, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at && i < text.size; i++)
        line += text.data[i] == '\n';
    return line;
}

// What is canonical already stays as it is: with raw line feeds in its strings it is canonical in
// `tuf`, and no JSON for other programs.
static int make(const struct canonical *canonical, struct span text, struct bytes *out)
{
    struct json_fault fault;
    const struct refusal refusal = {0};
    enum err err = OK;
    if (is_canonical(canonical->dialect, text))
        bytes_add(out, text);
    else
        err = json_loose_read(canonical->dialect, text, out, &fault);
    if (err == ERR_FORM)
        return cli_say(STATUS_LOCAL,
            "%s is no JSON that can be signed, at byte %zu in line %zu: %s", canonical->name,
            fault.at, line_of(text, fault.at), fault.words);
    if (err == OK)
        err = bytes_finish(out);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
}

// The value of the member `signed`; empty when there is none that is an object.
static struct span signed_part(enum dialect dialect, struct span file)
{
    struct json json = json_of(dialect, file);
    struct span key, part = {0};
    json_enter_object(&json);
    while (json_key(&json, &key)) {
        bool found = span_is(key, "signed") && json_next(&json) == JSON_OBJECT;
        struct span value = json_skip(&json);
        if (found)
            part = value;
    }
    return json_finish(&json) == OK ? part : (struct span){0};
}

// ---- what is said ----

static int print_form(
    const struct cli *cli, const struct canonical *canonical, struct span form)
{
    struct scribe scribe;
    struct bytes base64;
    const struct hash hash = hash_of(form);
    if (!cli->json)
        return cli_bytes(form);
    bytes_init(&base64, 2 * LIMIT_PAYLOAD);
    bytes_add_base64(&base64, form);
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "dialect", dialect_text(canonical->dialect));
    scribe_number(&scribe, "size", form.size);
    scribe_hash(&scribe, "sha256", &hash);
    scribe_span(&scribe, "base64", bytes_span(&base64));
    scribe_object_end(&scribe);
    bytes_clear(&base64);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

static int scribe_verdict(const struct canonical *canonical, const struct json *json)
{
    struct scribe scribe;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "dialect", dialect_text(canonical->dialect));
    scribe_bool(&scribe, "canonical", json->failure == NULL);
    if (json->failure != NULL)
        scribe_number(&scribe, "byte", json->failed_at);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

// ---- the command ----

static int check(const struct cli *cli, const struct canonical *canonical, struct span text)
{
    struct json json = json_of(canonical->dialect, text);
    (void)json_skip(&json);
    enum err err = json_finish(&json);
    int status = cli->json ? scribe_verdict(canonical, &json) : STATUS_DONE;
    if (status == STATUS_DONE && err != OK)
        return cli_say(STATUS_UNVERIFIED,
            "%s is not canonical in %s at byte %zu (%s); conclave canonical writes it so",
            canonical->name, dialect_text(canonical->dialect), json.failed_at, json.failure);
    if (status == STATUS_DONE && !cli->json)
        print_words(stdout, "%s is canonical.\n", canonical->name);
    return status;
}

static int write_form(
    const struct cli *cli, const struct canonical *canonical, struct span text)
{
    struct bytes whole;
    bytes_init(&whole, CANONICAL_FILE_MOST);
    int status = make(canonical, text, &whole);
    struct span form = bytes_span(&whole);
    if (status == STATUS_DONE && canonical->signed_part)
        form = signed_part(canonical->dialect, form);
    if (status == STATUS_DONE && form.size == 0)
        status = cli_say(STATUS_LOCAL,
            "%s is no signed file, because it has no object called signed; leave --signed away "
            "for what is not signed yet",
            canonical->name);
    else if (status == STATUS_DONE && form.size > LIMIT_PAYLOAD)
        status = cli_say(STATUS_LOCAL,
            "%s has %zu bytes in canonical form: no more than %d are signed", canonical->name,
            form.size, LIMIT_PAYLOAD);
    if (status == STATUS_DONE)
        status = print_form(cli, canonical, form);
    bytes_clear(&whole);
    return status;
}

static int run(const struct cli *cli, const struct canonical *canonical)
{
    struct bytes text;
    struct refusal refusal = {0};
    bytes_init(&text, CANONICAL_FILE_MOST);
    enum err err = source_read_file(canonical->path, &text, &refusal);
    int status = err == OK ? STATUS_DONE : cli_fail(SIDE_LOCAL, err, &refusal);
    if (status == STATUS_DONE)
        status = (canonical->check ? check : write_form)(cli, canonical, bytes_span(&text));
    bytes_clear(&text);
    return status;
}

int cmd_canonical(struct cli *cli, int argc, char **argv)
{
    struct canonical canonical = {.name = "standard input", .path = "/dev/stdin"};
    const char *dialect = "tuf";
    const struct option_rule rules[] = {
        {.name = "dialect",
            .argument = "DIALECT",
            .help = "tuf or uptane; tuf if it is not given",
            .text = &dialect},
        {.name = "signed",
            .help = "only the signed part of a signed file",
            .set = &canonical.signed_part},
        {.name = "check",
            .help = "say whether the file is canonical, and write nothing",
            .set = &canonical.check},
    };
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    canonical.dialect = dialect_from(span_text(dialect));
    if (canonical.dialect == DIALECT_NONE)
        return cli_say(STATUS_LOCAL, "there is no dialect %s: take tuf or uptane", dialect);
    if (canonical.check && canonical.signed_part)
        return cli_say(STATUS_LOCAL, "--check looks at the whole file; leave --signed away");
    if (cli->argument_count == 1)
        canonical.name = canonical.path = cli->arguments[0];
    return run(cli, &canonical);
}
