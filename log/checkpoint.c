#include "log/checkpoint.h"

#include <string.h>

// C2SP signed-note: the dash before a signature is U+2014.
static const char signature_mark[] = "\xe2\x80\x94 ";
static const char proof_title[] = "c2sp.org/tlog-proof@v1";

enum { KEY_ID_SIZE = 4, TYPE_ED25519 = 0x01, ED25519_SIZE = 32, SIGNATURE_SIZE = 64 };

// First four bytes of SHA-256(name ‖ LF ‖ type ‖ public key).
static struct span key_id(const char *name, const struct key *log, struct hash *room)
{
    struct bytes body;
    bytes_init(&body, LIMIT_ROLE_NAME + 2 + KEY_RAW_MOST);
    bytes_add_text(&body, name);
    bytes_add_u8(&body, '\n');
    bytes_add_u8(&body, TYPE_ED25519);
    bytes_add(&body, key_raw(log));
    *room = hash_of(bytes_span(&body));
    bytes_clear(&body);
    return span_of(room->byte, KEY_ID_SIZE);
}

void checkpoint_write(const struct checkpoint *checkpoint, struct bytes *out)
{
    bytes_add_text(out, checkpoint->origin);
    bytes_add_format(out, "\n%llu\n", (unsigned long long)checkpoint->size);
    bytes_add_base64(out, hash_span(&checkpoint->root));
    bytes_add_u8(out, '\n');
}

static void add_base64_of_two(struct bytes *out, struct span first, struct span second)
{
    struct bytes both;
    bytes_init(&both, first.size + second.size);
    bytes_add(&both, first);
    bytes_add(&both, second);
    bytes_add_base64(out, bytes_span(&both));
    if (both.failure != OK)
        out->failure = both.failure;
    bytes_clear(&both);
}

void checkpoint_note(const struct checkpoint *checkpoint, const struct key *log,
    struct span signature, struct bytes *out)
{
    struct hash room;
    checkpoint_write(checkpoint, out);
    bytes_add_u8(out, '\n');
    bytes_add_text(out, signature_mark);
    bytes_add_text(out, checkpoint->origin);
    bytes_add_u8(out, ' ');
    add_base64_of_two(out, key_id(checkpoint->origin, log, &room), signature);
    bytes_add_u8(out, '\n');
}

// ---- reading lines, strictly ----

// The next line without its LF; false when there is none that is ended by one.
static bool next_line(struct span *rest, struct span *line)
{
    const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    if (end == NULL)
        return false;
    *line = span_of(rest->data, (size_t)(end - rest->data));
    *rest = span_of(end + 1, rest->size - line->size - 1);
    return true;
}

static bool drop_prefix(struct span *span, const char *prefix)
{
    if (!span_starts(*span, prefix))
        return false;
    *span = span_of(span->data + strlen(prefix), span->size - strlen(prefix));
    return true;
}

// Splits at the first `mark`, which belongs to neither part.
static bool split_at(struct span whole, char mark, struct span *before, struct span *behind)
{
    const uint8_t *at = whole.size == 0 ? NULL : memchr(whole.data, mark, whole.size);
    if (at == NULL)
        return false;
    *before = span_of(whole.data, (size_t)(at - whole.data));
    *behind = span_of(at + 1, whole.size - before->size - 1);
    return true;
}

static enum err read_decimal(struct span digits, uint64_t *out)
{
    uint64_t value = 0;
    if (digits.size == 0 || (digits.size > 1 && digits.data[0] == '0'))
        return ERR_FORM;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return ERR_FORM;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digits.data[i] - '0', &value))
            return ERR_FORM;
    }
    *out = value;
    return OK;
}

// Decodes exactly `size` bytes.
static enum err read_base64(struct span text, uint8_t *out, size_t size)
{
    struct bytes decoded;
    bytes_init(&decoded, size);
    enum err err = base64_read(text, &decoded);
    if (err == OK && decoded.size == size)
        memcpy(out, decoded.data, size);
    else
        err = err == ERR_MEMORY ? err : ERR_FORM;
    bytes_clear(&decoded);
    return err;
}

// The length of the UTF-8 sequence that begins at `at`, 0 for none: no overlong form, no
// surrogate, nothing above U+10FFFF (RFC 3629 section 4).
static size_t utf8_length(const uint8_t *at, size_t left)
{
    static const struct {
        uint8_t first, last, second_least, second_most;
        size_t length;
    } forms[] = {
        {0x00, 0x7f, 0x00, 0xff, 1},
        {0xc2, 0xdf, 0x80, 0xbf, 2},
        {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3},
        {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    size_t form = 0;
    while (form < sizeof forms / sizeof forms[0] && at[0] > forms[form].last)
        form++;
    if (form == sizeof forms / sizeof forms[0] || at[0] < forms[form].first ||
        forms[form].length > left)
        return 0;
    for (size_t i = 1; i < forms[form].length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if (forms[form].length > 1 &&
        (at[1] < forms[form].second_least || at[1] > forms[form].second_most))
        return 0;
    return forms[form].length;
}

// Signed notes are UTF-8 without control characters but LF.
static bool note_is_clean(struct span note)
{
    for (size_t i = 0; i < note.size;) {
        size_t length = utf8_length(note.data + i, note.size - i);
        if (length == 0 || (note.data[i] < 0x20 && note.data[i] != '\n'))
            return false;
        i += length;
    }
    return true;
}

// ---- the note ----

// Text (with its last LF) and signature lines, split at the last empty line.
static bool note_split(struct span note, struct span *text, struct span *signatures)
{
    for (size_t at = note.size; at-- > 1;) {
        if (note.data[at] != '\n' || note.data[at - 1] != '\n')
            continue;
        *text = span_of(note.data, at);
        *signatures = span_of(note.data + at + 1, note.size - at - 1);
        return true;
    }
    return false;
}

static bool name_is_good(struct span name)
{
    return name.size > 0 && memchr(name.data, '+', name.size) == NULL &&
           memchr(name.data, ' ', name.size) == NULL;
}

// Exactly three lines: an extension line would be signed by the log and understood by nobody.
static enum err read_text(struct span text, struct span *origin, struct checkpoint *out)
{
    struct span size, root;
    if (!next_line(&text, origin) || !next_line(&text, &size) || !next_line(&text, &root) ||
        text.size != 0 || origin->size == 0 || origin->size > LIMIT_ROLE_NAME)
        return ERR_FORM;
    *out = (struct checkpoint){0};
    memcpy(out->origin, origin->data, origin->size);
    enum err err = read_decimal(size, &out->size);
    return err == OK ? read_base64(root, out->root.byte, HASH_SIZE) : err;
}

struct note_check {
    struct span text;
    const char *name;
    const struct key *log;
    struct span id;
    size_t good;
};

// One line "— NAME base64(id ‖ signature)". Lines of other keys need only have the form.
static enum err check_line(struct note_check *check, struct span line)
{
    struct span name, base64;
    struct bytes signature;
    if (!drop_prefix(&line, signature_mark) || !split_at(line, ' ', &name, &base64) ||
        !name_is_good(name))
        return ERR_FORM;
    bytes_init(&signature, LIMIT_CHECKPOINT);
    enum err err = base64_read(base64, &signature);
    if (err == OK && signature.size <= KEY_ID_SIZE)
        err = ERR_FORM;
    if (err == OK && span_is(name, check->name) &&
        memcmp(signature.data, check->id.data, KEY_ID_SIZE) == 0) {
        struct span behind_id =
            span_of(signature.data + KEY_ID_SIZE, signature.size - KEY_ID_SIZE);
        err = key_verify(check->log, check->text, behind_id);
        check->good++;
    }
    bytes_clear(&signature);
    return err;
}

static enum err check_signatures(struct note_check *check, struct span signatures)
{
    struct span line;
    if (signatures.size == 0)
        return ERR_FORM;
    while (signatures.size > 0) {
        if (!next_line(&signatures, &line))
            return ERR_FORM;
        enum err err = check_line(check, line);
        if (err != OK)
            return err;
    }
    return check->good > 0 ? OK : ERR_SIGNATURE;
}

enum err checkpoint_open(
    struct span note, const char *origin, const struct key *log, struct checkpoint *out)
{
    struct hash room;
    struct span text, signatures, stated;
    if (note.size > LIMIT_CHECKPOINT || !note_is_clean(note) ||
        !note_split(note, &text, &signatures) || log->type != KEY_ED25519)
        return ERR_FORM;
    enum err err = read_text(text, &stated, out);
    if (err != OK)
        return err;
    if (!span_is(stated, origin))
        return ERR_NOT_FOUND;
    struct note_check check = {text, origin, log, key_id(origin, log, &room), 0};
    return check_signatures(&check, signatures);
}

// ---- verifier keys ----

void vkey_write(const char *origin, const struct key *log, struct bytes *out)
{
    struct hash room;
    uint8_t type = TYPE_ED25519;
    bytes_add_text(out, origin);
    bytes_add_u8(out, '+');
    bytes_add_hex(out, key_id(origin, log, &room));
    bytes_add_u8(out, '+');
    add_base64_of_two(out, span_of(&type, 1), key_raw(log));
}

enum err vkey_read(struct span text, char *origin, struct key *log)
{
    struct span name, hex, base64;
    struct hash room;
    uint8_t id[KEY_ID_SIZE], typed[1 + ED25519_SIZE];
    // The base64 may hold a '+' itself, name and id may not.
    if (!split_at(text, '+', &name, &base64) || !split_at(base64, '+', &hex, &base64) ||
        !name_is_good(name) || !note_is_clean(name) || name.size > LIMIT_ROLE_NAME ||
        memchr(name.data, '\n', name.size) != NULL)
        return ERR_FORM;
    enum err err = hex_read(hex, id, sizeof id);
    if (err == OK)
        err = read_base64(base64, typed, sizeof typed);
    if (err != OK)
        return err;
    if (typed[0] != TYPE_ED25519 ||
        key_from_raw(KEY_ED25519, span_of(typed + 1, ED25519_SIZE), log) != OK)
        return ERR_FORM;
    memcpy(origin, name.data, name.size);
    origin[name.size] = '\0';
    return memcmp(key_id(origin, log, &room).data, id, sizeof id) == 0 ? OK : ERR_FORM;
}

// ---- the proof that travels with a signature ----

void proof_write(
    uint64_t index, const struct merkle_path *path, struct span note, struct bytes *out)
{
    bytes_add_format(out, "%s\nindex %llu\n", proof_title, (unsigned long long)index);
    for (size_t i = 0; i < path->count; i++) {
        bytes_add_base64(out, hash_span(&path->nodes[i]));
        bytes_add_u8(out, '\n');
    }
    bytes_add_u8(out, '\n');
    bytes_add(out, note);
}

// Lines of base64 up to the empty one.
static enum err read_path(struct span *rest, struct merkle_path *path)
{
    struct span line;
    path->count = 0;
    while (next_line(rest, &line)) {
        if (line.size == 0)
            return OK;
        if (path->count == LIMIT_PATH)
            return ERR_FORM;
        enum err err = read_base64(line, path->nodes[path->count++].byte, HASH_SIZE);
        if (err != OK)
            return err;
    }
    return ERR_FORM;
}

// What stands before the path. Extra data is allowed and believed by nobody here.
static enum err read_proof_head(struct span *rest, uint64_t *index)
{
    struct span line;
    if (!next_line(rest, &line) || !span_is(line, proof_title) || !next_line(rest, &line))
        return ERR_FORM;
    if (drop_prefix(&line, "extra ") && (line.size == 0 || !next_line(rest, &line)))
        return ERR_FORM;
    if (!drop_prefix(&line, "index "))
        return ERR_FORM;
    return read_decimal(line, index);
}

enum err proof_check(struct span proof, struct span record, const char *origin,
    const struct key *log, uint64_t *index, struct checkpoint *checkpoint)
{
    struct merkle_path path;
    enum err err = read_proof_head(&proof, index);
    if (err == OK)
        err = read_path(&proof, &path);
    if (err == OK)
        err = checkpoint_open(proof, origin, log, checkpoint);
    if (err != OK)
        return err;
    struct hash leaf = merkle_leaf(record);
    return merkle_included(*index, checkpoint->size, &leaf, &path, &checkpoint->root)
               ? OK
               : ERR_SIGNATURE;
}
