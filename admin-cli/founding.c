#include "admin-cli/founding.h"

#include "admin-cli/charter_print.h"
#include "admin-cli/print.h"
#include "admin-cli/scribe.h"
#include "log/checkpoint.h"

int founding_fetch(struct cli *cli, struct ceremony *ceremony, bool objects)
{
    struct refusal refusal = {0};
    struct message ask = {.kind = ASK_FOUND_SHOW}, answer;
    enum err err = conclave_ask(cli->conclave, &ask, &answer, &refusal);
    if (err == OK && objects)
        err = ceremony_read_objects(ceremony, &answer, &refusal);
    else if (err == OK)
        err = ceremony_read(ceremony, &answer, &refusal);
    return err == OK ? STATUS_DONE : cli_fail(SIDE_DAEMON, err, &refusal);
}

static void scribe_administrators(struct scribe *scribe, const struct ceremony *ceremony)
{
    scribe_array(scribe, "administrators");
    for (size_t i = 0; i < ceremony->charter->administrator_count; i++) {
        const struct administrator *who = &ceremony->charter->administrators[i];
        scribe_object(scribe, NULL);
        scribe_text(scribe, "name", who->name);
        scribe_hash(scribe, "key", &who->key.id);
        scribe_bool(scribe, "signed", ceremony_has_signed(ceremony, &who->key.id));
        scribe_object_end(scribe);
    }
    scribe_array_end(scribe);
    scribe_bool(scribe, "complete", ceremony->complete);
}

static int print_json(const struct ceremony *ceremony)
{
    struct scribe scribe;
    struct bytes vkey;
    bytes_init(&vkey, LIMIT_CHECKPOINT);
    vkey_write(ceremony->founding.origin, &ceremony->founding.log, &vkey);
    scribe_init(&scribe);
    scribe_object(&scribe, NULL);
    scribe_text(&scribe, "origin", ceremony->founding.origin);
    scribe_hash(&scribe, "log_key_hash", &ceremony->founding.log.id);
    scribe_span(&scribe, "vkey", bytes_span(&vkey));
    scribe_moment(&scribe, "time", ceremony->founding.time);
    scribe_hash(&scribe, "charter", &ceremony->founding.charter);
    scribe_hash(&scribe, "objects", &ceremony->founding.objects);
    scribe_span(&scribe, "charter_text", bytes_span(&ceremony->charter_text));
    scribe_administrators(&scribe, ceremony);
    scribe_object_end(&scribe);
    bytes_clear(&vkey);
    return scribe_print(&scribe) == OK ? STATUS_DONE
                                       : cli_say(STATUS_LOCAL, "the output cannot be written");
}

int founding_print(const struct cli *cli, const struct ceremony *ceremony)
{
    char log[PRINT_GROUPED], charter[PRINT_GROUPED], time[MOMENT_TEXT + 1];
    if (cli->json)
        return print_json(ceremony);
    print_grouped(&ceremony->founding.log.id, log);
    print_grouped(&ceremony->founding.charter, charter);
    moment_write(ceremony->founding.time, time);
    print_words(stdout, "Origin    %s\nTime      %s\nLog key   %s\nCharter   %s\n\n",
        ceremony->founding.origin, time, log, charter);
    int status = charter_print_text(ceremony->charter);
    print_words(stdout, "\n");
    (void)founding_print_progress(cli, ceremony);
    return status;
}

int founding_print_progress(const struct cli *cli, const struct ceremony *ceremony)
{
    int status = ceremony->complete ? STATUS_DONE : STATUS_WAITING;
    struct scribe scribe;
    if (cli->json) {
        scribe_init(&scribe);
        scribe_object(&scribe, NULL);
        scribe_administrators(&scribe, ceremony);
        scribe_object_end(&scribe);
        return scribe_print(&scribe) == OK ? status : STATUS_LOCAL;
    }
    size_t count = ceremony->charter->administrator_count, done = 0;
    for (size_t i = 0; i < count; i++) {
        const struct administrator *who = &ceremony->charter->administrators[i];
        bool has_signed = ceremony_has_signed(ceremony, &who->key.id);
        done += has_signed;
        print_words(
            stdout, "%-16s %s\n", who->name, has_signed ? "has signed" : "has yet to sign");
    }
    print_words(stdout, "%zu of %zu have signed.\n", done, count);
    if (ceremony->complete)
        print_words(
            stdout, "The founding is complete: start conclaved again, without --found.\n");
    return status;
}
