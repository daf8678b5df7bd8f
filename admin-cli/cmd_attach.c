// conclave attach: a payload and its detached signatures become one signed file.
#include "admin-cli/commands.h"
#include "admin-cli/file.h"
#include "admin-cli/options.h"
#include "admin-cli/scribe.h"
#include "client/attach.h"
#include "client/source.h"

static enum err add_files(
    struct attach *attach, char **paths, int count, struct refusal *refusal)
{
    struct bytes text;
    enum err err = OK;
    bytes_init(&text, ATTACH_TEXT_MOST);
    for (int i = 0; err == OK && i < count; i++) {
        bytes_reset(&text);
        err = source_read_file(paths[i], &text, refusal);
        if (err == OK)
            err = attach_add(attach, bytes_span(&text), paths[i], refusal);
    }
    bytes_clear(&text);
    return err;
}

static enum err join(const struct attach *attach, const char *payload_path, const char *out,
    struct refusal *refusal)
{
    struct bytes payload, file;
    bytes_init(&payload, LIMIT_PAYLOAD);
    bytes_init(&file, ATTACH_FILE_MOST);
    enum err err = source_read_file(payload_path, &payload, refusal);
    if (err == OK)
        err = attach_write(attach, bytes_span(&payload), &file, refusal);
    if (err == OK)
        err = file_write(out, bytes_span(&file), refusal);
    bytes_clear(&payload);
    bytes_clear(&file);
    return err;
}

static int print_attached(const struct cli *cli, const char *out)
{
    struct scribe scribe;
    if (!cli->json)
        return STATUS_DONE;
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "file", out);
    scribe_object_end(&scribe);
    return scribe_print(&scribe) == OK ? STATUS_DONE : STATUS_LOCAL;
}

int cmd_attach(struct cli *cli, int argc, char **argv)
{
    const char *out = NULL, *dialect = NULL;
    const struct option_rule rules[] = {
        {.name = "dialect",
            .argument = "DIALECT",
            .help = "tuf or uptane; the signatures tell, where it is not given",
            .text = &dialect},
        {.name = "out",
            .argument = "FILE",
            .help = "the file to write",
            .needed = true,
            .text = &out},
    };
    struct attach attach;
    struct refusal refusal = {0};
    int status;
    if (!options_read(cli, rules, sizeof rules / sizeof rules[0], argc, argv, &status))
        return status;
    if (dialect != NULL && dialect_from(span_text(dialect)) == DIALECT_NONE)
        return cli_say(STATUS_LOCAL, "there is no dialect %s: take tuf or uptane", dialect);
    attach_init(&attach, dialect == NULL ? DIALECT_NONE : dialect_from(span_text(dialect)));
    enum err err = add_files(&attach, cli->arguments + 1, cli->argument_count - 1, &refusal);
    if (err == OK)
        err = join(&attach, cli->arguments[0], out, &refusal);
    attach_clear(&attach);
    return err == OK ? print_attached(cli, out) : cli_fail(SIDE_LOCAL, err, &refusal);
}
