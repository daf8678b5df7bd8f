// A client that says what an honest tool would never say: any ask with any values that the wire
// can carry, and a signature by any key over any text. It judges nothing; the test that runs it
// holds the appliance's answer against what it promises.
//
//   forger sign KEYFILE TYPE          text on stdin; key id and signature, in hex, on stdout
//   forger ask SOCKET KIND VALUE...   the values of the ask's fields, in their order; a list last
//
// A number is decimal, a hash 64 hex digits, bytes are hex or @FILE, a place is INDEX:HASH. The
// answer is its kind on one line, and then its fields in their order, one a line: numbers decimal,
// bytes in hex, an entry INDEX:HEX, the elements of a list with a space before each. `closed`
// stands for a connection that ended without an answer.
#include "client/connection.h"
#include "client/signer.h"
#include "client/source.h"
#include "proto/dsse.h"
#include "proto/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ANSWER_MILLISECONDS = 40 * 1000, // over the 30 s of a wait
    VALUES_MOST = LIMIT_BLOBS + 8,
    STDIN_MOST = 4 * LIMIT_RECORD, // also texts over the limit are signed
};

static const struct {
    const char *name;
    enum message_kind kind;
} kinds[] = {
    {"status", ASK_STATUS},
    {"submit", ASK_SUBMIT},
    {"list", ASK_LIST},
    {"show", ASK_SHOW},
    {"wait", ASK_WAIT},
    {"decide", ASK_DECIDE},
    {"withdraw", ASK_WITHDRAW},
    {"records", ASK_RECORDS},
    {"prove", ASK_PROVE},
    {"extend", ASK_EXTEND},
    {"blob", ASK_BLOB},
    {"found_keys", ASK_FOUND_KEYS},
    {"found_charter", ASK_FOUND_CHARTER},
    {"found_show", ASK_FOUND_SHOW},
    {"found_sign", ASK_FOUND_SIGN},
    {"freeze", ASK_FREEZE},
    {"refused", ANSWER_REFUSED},
    {"status_is", ANSWER_STATUS},
    {"accepted", ANSWER_ACCEPTED},
    {"dossier", ANSWER_DOSSIER},
    {"records_are", ANSWER_RECORDS},
    {"proof", ANSWER_PROOF},
    {"blob_is", ANSWER_BLOB},
    {"objects", ANSWER_FOUND_KEYS},
    {"founding", ANSWER_FOUNDING},
};

_Noreturn static void fail(const char *what, const char *why)
{
    fprintf(stderr, "forger: %s: %s\n", what, why);
    exit(1);
}

static void must(enum err err, const char *what)
{
    if (err != OK)
        fail(what, err_text(err));
}

static enum message_kind kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0 && wire_is_ask(kinds[i].kind))
            return kinds[i].kind;
    fail(name, "no kind of ask");
}

static const char *name_of(enum message_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    fail("answer", "of no kind");
}

// ---- the values of an ask ----

struct values {
    char **next; // ends with NULL
    struct bytes kept[VALUES_MOST];
    size_t kept_count;
};

static char *values_next(struct values *values)
{
    if (*values->next == NULL)
        fail("ask", "a value is missing");
    return *values->next++;
}

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t value = strtoull(text, &end, 10);
    if (end == text || (*end != 0 && *end != ':'))
        fail(text, "no number");
    return value;
}

static struct hash hash_from(const char *text)
{
    struct hash hash = {0};
    if (strcmp(text, "none") != 0)
        must(hash_from_hex(span_text(text), &hash), text);
    return hash;
}

static void add_hex(struct bytes *bytes, const char *text)
{
    size_t size = strlen(text) / 2;
    uint8_t *room = bytes_room(bytes, size);
    if (room == NULL)
        fail(text, "too long");
    must(hex_read(span_text(text), room, size), text);
    bytes_grew(bytes, size);
}

static struct span bytes_from(struct values *values, const char *text)
{
    struct refusal refusal = {0};
    if (values->kept_count == VALUES_MOST)
        fail(text, "too many values");
    struct bytes *kept = &values->kept[values->kept_count++];
    bytes_init(kept, LIMIT_FRAME);
    if (text[0] == '@')
        must(source_read_file(text + 1, kept, &refusal), text);
    else if (text[0] != 0)
        add_hex(kept, text);
    return bytes_span(kept);
}

static void take_number(struct values *values, void *to)
{
    uint64_t value = number_of(values_next(values));
    memcpy(to, &value, sizeof value);
}

static void take_word(struct values *values, void *to)
{
    uint32_t value = (uint32_t)number_of(values_next(values));
    memcpy(to, &value, sizeof value);
}

static void take_hash(struct values *values, void *to)
{
    struct hash hash = hash_from(values_next(values));
    memcpy(to, &hash, sizeof hash);
}

static void take_bytes(struct values *values, void *to)
{
    struct span span = bytes_from(values, values_next(values));
    memcpy(to, &span, sizeof span);
}

static void take_place(struct values *values, void *to)
{
    const char *text = values_next(values), *colon = strchr(text, ':');
    if (colon == NULL)
        fail(text, "no place");
    struct place place = {number_of(text), hash_from(colon + 1)};
    memcpy(to, &place, sizeof place);
}

static void take_spans(struct values *values, void *to)
{
    struct span_list *list = to;
    while (*values->next != NULL && list->count < LIMIT_BLOBS)
        list->at[list->count++] = bytes_from(values, values_next(values));
}

static void (*const takers[WIRE_CLASSES])(struct values *values, void *to) = {
    [WIRE_NUMBER] = take_number,
    [WIRE_COUNT] = take_word,
    [WIRE_ENUM] = take_word,
    [WIRE_HASH] = take_hash,
    [WIRE_BYTES] = take_bytes,
    [WIRE_TEXT] = take_bytes,
    [WIRE_PLACE] = take_place,
    [WIRE_SPANS] = take_spans,
};

static void fill_in(struct message *ask, struct values *values)
{
    const struct wire_row *row = wire_row_of(ask->kind);
    for (size_t i = 0; i < row->field_count; i++) {
        const struct wire_field *field = &row->fields[i];
        takers[field->class](values, (uint8_t *)ask + field->offset);
    }
    if (*values->next != NULL)
        fail(*values->next, "a value too many");
}

// ---- the fields of an answer ----

static void show_hex(struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        printf("%02x", span.data[i]);
}

static void show_number(const void *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    printf("%" PRIu64, value);
}

static void show_word(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    printf("%" PRIu32, value);
}

static void show_hash(const void *at)
{
    show_hex(span_of(at, HASH_SIZE));
}

static void show_bytes(const void *at)
{
    struct span span;
    memcpy(&span, at, sizeof span);
    show_hex(span);
}

static void show_place(const void *at)
{
    const struct place *place = at;
    printf("%" PRIu64 ":", place->index);
    show_hash(&place->leaf);
}

static void show_entry(const void *at)
{
    const struct entry *entry = at;
    if (entry->text.size == 0)
        return;
    printf("%" PRIu64 ":", entry->index);
    show_hex(entry->text);
}

static void show_hashes(const void *at)
{
    const struct hash_list *list = at;
    for (uint32_t i = 0; i < list->count; i++) {
        printf(" ");
        show_hash(&list->at[i]);
    }
}

static void show_entries(const void *at)
{
    const struct entry_list *list = at;
    for (uint32_t i = 0; i < list->count; i++) {
        printf(" ");
        show_entry(&list->at[i]);
    }
}

static void (*const showers[WIRE_CLASSES])(const void *at) = {
    [WIRE_NUMBER] = show_number,
    [WIRE_COUNT] = show_word,
    [WIRE_FLAG] = show_word,
    [WIRE_ENUM] = show_word,
    [WIRE_HASH] = show_hash,
    [WIRE_BYTES] = show_bytes,
    [WIRE_TEXT] = show_bytes,
    [WIRE_WORD] = show_bytes,
    [WIRE_NOTE] = show_bytes,
    [WIRE_PLACE] = show_place,
    [WIRE_ENTRY] = show_entry,
    [WIRE_HASHES] = show_hashes,
    [WIRE_ENTRIES] = show_entries,
};

static void show(const struct message *answer)
{
    const struct wire_row *row = wire_row_of(answer->kind);
    printf("%s\n", name_of(answer->kind));
    for (size_t i = 0; i < row->field_count; i++) {
        showers[row->fields[i].class]((const uint8_t *)answer + row->fields[i].offset);
        printf("\n");
    }
}

// ---- what it does ----

static int ask(const char *socket, const char *kind, char **list)
{
    struct values *values = calloc(1, sizeof *values);
    struct message *message = calloc(1, sizeof *message);
    struct connection connection;
    struct decoded answer;
    if (values == NULL || message == NULL)
        fail("ask", "no memory");
    values->next = list;
    message->kind = kind_of(kind);
    fill_in(message, values);
    must(connection_open(&connection, socket), socket);
    must(connection_send(&connection, message), "send");
    enum err err = connection_receive(&connection, ANSWER_MILLISECONDS, &answer);
    if (err == OK)
        show(&answer.message);
    else if (err == ERR_CLOSED)
        printf("closed\n");
    else
        fail("receive", err_text(err));
    decoded_clear(&answer);
    connection_close(&connection);
    for (size_t i = 0; i < values->kept_count; i++)
        bytes_clear(&values->kept[i]);
    free(values);
    free(message);
    return 0;
}

static void read_stdin(struct bytes *text)
{
    for (;;) {
        uint8_t *room = bytes_room(text, LIMIT_RECORD);
        ssize_t got = room == NULL ? -1 : read(STDIN_FILENO, room, LIMIT_RECORD);
        if (got < 0)
            fail("stdin", "unreadable or too long");
        if (got == 0)
            return;
        bytes_grew(text, (size_t)got);
    }
}

static int sign(const char *path, const char *type)
{
    struct refusal refusal = {0};
    struct signer *signer;
    struct bytes text, signature;
    bytes_init(&text, STDIN_MOST);
    bytes_init(&signature, KEY_SIGNATURE_MOST);
    must(signer_from_file(path, &signer, &refusal), refusal.sentence);
    read_stdin(&text);
    must(signer_sign(signer, type, bytes_span(&text), &signature, &refusal), refusal.sentence);
    show_hash(&signer_key(signer)->id);
    printf(" ");
    show_hex(bytes_span(&signature));
    printf("\n");
    signer_free(signer);
    bytes_clear(&text);
    bytes_clear(&signature);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "sign") == 0)
        return sign(argv[2], argv[3]);
    if (argc >= 4 && strcmp(argv[1], "ask") == 0)
        return ask(argv[2], argv[3], argv + 4);
    fail("usage", "forger sign KEYFILE TYPE | forger ask SOCKET KIND VALUE...");
}
