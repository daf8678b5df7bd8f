#include "admin-cli/token_choice.h"

#include "client/fault.h"

#include <string.h>

enum {
    // Tokens that a sentence names.
    FOUND_MOST = 4,
    WORDS_MOST = 2 * LIMIT_SENTENCE,
};

// Words for a sentence, which is cut where it gets too long.
struct words {
    struct bytes bytes;
    char text[WORDS_MOST + 1];
};

static void words_init(struct words *words)
{
    bytes_init(&words->bytes, WORDS_MOST);
}

static const char *words_end(struct words *words)
{
    size_t size = bytes_finish(&words->bytes) == OK ? words->bytes.size : 0;
    if (size > 0)
        memcpy(words->text, words->bytes.data, size);
    words->text[size] = 0;
    bytes_clear(&words->bytes);
    return words->text;
}

static void add_quoted(struct words *words, const char *text)
{
    bytes_add_text(&words->bytes, "\"");
    bytes_add_text(&words->bytes, text);
    bytes_add_text(&words->bytes, "\"");
}

// ---- what is in the rack ----

static const char *found_tokens(const struct rack *rack, struct words *words)
{
    size_t count = 0;
    words_init(words);
    for (size_t i = 0; i < rack->count; i++) {
        if (rack->tokens[i].state == RACK_BLANK || count++ >= FOUND_MOST)
            continue;
        bytes_add_text(&words->bytes, count == 1 ? "" : ", ");
        add_quoted(words, rack->tokens[i].label);
    }
    bytes_add_text(&words->bytes, count == 0           ? "no token at all"
                                  : count > FOUND_MOST ? " and more"
                                                       : "");
    return words_end(words);
}

static const char *needed(const struct holders *holders, struct words *words)
{
    words_init(words);
    holders_list(holders, &words->bytes);
    return words_end(words);
}

static const char *one_key(const struct key *key, struct words *words)
{
    words_init(words);
    holders_key(key, &words->bytes);
    return words_end(words);
}

static enum err two_of_a_name(
    const struct rack *rack, const struct token_wanted *wanted, struct refusal *refusal)
{
    struct words words;
    size_t count = 0;
    words_init(&words);
    for (size_t i = 0; i < rack->count; i++) {
        if (!rack_token_is(&rack->tokens[i], wanted->token))
            continue;
        bytes_add_text(&words.bytes, count++ == 0 ? "" : " or ");
        bytes_add_text(&words.bytes, TOKEN_BY_SERIAL);
        bytes_add_text(&words.bytes, rack->tokens[i].serial);
    }
    return fault(ERR_TOKEN, refusal,
        "%zu tokens are called \"%s\": say which by serial number, with --token %s", count,
        wanted->token, words_end(&words));
}

static enum err find_named(const struct rack *rack, const struct token_wanted *wanted,
    const struct rack_token **out, struct refusal *refusal)
{
    struct words words;
    size_t count = 0;
    for (size_t i = 0; i < rack->count; i++)
        if (rack_token_is(&rack->tokens[i], wanted->token)) {
            *out = &rack->tokens[i];
            count++;
        }
    if (count > 1)
        return two_of_a_name(rack, wanted, refusal);
    return count == 1 ? OK
                      : fault(ERR_NOT_FOUND, refusal,
                            "there is no token called \"%s\": plug it in, or name another with "
                            "--token; found: %s",
                            wanted->token, found_tokens(rack, &words));
}

// ---- the key ----

static bool is_meant(const struct rack_key *key, const struct token_wanted *wanted)
{
    return key->key.type != KEY_NONE &&
           (wanted->key_label == NULL || strcmp(key->label, wanted->key_label) == 0);
}

static bool would_do(const struct rack_key *key, const struct token_wanted *wanted)
{
    return is_meant(key, wanted) &&
           (wanted->holders == NULL || holders_name(wanted->holders, &key->key.id) != NULL);
}

static bool is_known(const struct rack_key *key, const struct token_wanted *wanted)
{
    return is_meant(key, wanted) &&
           (wanted->holders == NULL || holders_know(wanted->holders, &key->key.id));
}

static enum err nobodys(const struct rack_token *token, const struct token_wanted *wanted,
    const struct rack_key *key, struct refusal *refusal)
{
    struct words own, others;
    return fault(ERR_REFUSED, refusal,
        "the key of the token \"%s\" (%s) is nobody's that would do here: needed is the key of "
        "%s",
        token->label, one_key(&key->key, &own), needed(wanted->holders, &others));
}

// Keys of a token for which this holds; the last of them.
static size_t count_keys(const struct rack_token *token, const struct token_wanted *wanted,
    bool (*holds)(const struct rack_key *key, const struct token_wanted *wanted),
    const struct rack_key **last)
{
    size_t count = 0;
    for (size_t i = 0; i < token->key_count; i++)
        if (holds(&token->keys[i], wanted)) {
            *last = &token->keys[i];
            count++;
        }
    return count;
}

// In a named token: the one key that would do; of several, the person says which. Of an administrator
// who may not do this, the appliance says why, and writes it down.
static enum err pick_key(const struct rack_token *token, const struct token_wanted *wanted,
    struct admin_token_place *place, struct refusal *refusal)
{
    const struct rack_key *meant = NULL;
    size_t count = count_keys(token, wanted, would_do, &place->key);
    if (count == 0)
        count = count_keys(token, wanted, is_known, &place->key);
    (void)count_keys(token, wanted, is_meant, &meant);
    if (count == 1 || token->key_count == 0)
        return OK;
    if (count > 1)
        return fault(ERR_TOKEN, refusal,
            "the token \"%s\" holds %zu keys that would do: name one with --key-label",
            token->label, count);
    if (meant != NULL)
        return nobodys(token, wanted, meant, refusal);
    return fault(ERR_NOT_FOUND, refusal,
        "the token \"%s\" holds no such key: see `conclave token list`, or make one with "
        "`conclave token generate`",
        token->label);
}

// ---- no token was named ----

static enum err none_will_do(
    const struct rack *rack, const struct token_wanted *wanted, struct refusal *refusal)
{
    struct words whose, found;
    if (wanted->holders == NULL)
        return fault(ERR_NOT_FOUND, refusal,
            "no token with such a key is plugged in: plug it in; found: %s",
            found_tokens(rack, &found));
    return fault(ERR_NOT_FOUND, refusal,
        "no token with a key that would do is plugged in: needed is the key of %s; found: %s",
        needed(wanted->holders, &whose), found_tokens(rack, &found));
}

// Every key that would do; the first of them by name.
struct matches {
    const struct rack_token *tokens[FOUND_MOST];
    const struct rack_key *keys[FOUND_MOST];
    size_t count; // also of those that are not here
};

static void find_matches(
    const struct rack *rack, const struct token_wanted *wanted, struct matches *out)
{
    *out = (struct matches){.count = 0};
    for (size_t i = 0; i < rack->count; i++)
        for (size_t j = 0; j < rack->tokens[i].key_count; j++) {
            if (!would_do(&rack->tokens[i].keys[j], wanted))
                continue;
            if (out->count < FOUND_MOST) {
                out->tokens[out->count] = &rack->tokens[i];
                out->keys[out->count] = &rack->tokens[i].keys[j];
            }
            out->count++;
        }
}

static enum err which(
    const struct matches *matches, const struct token_wanted *wanted, struct refusal *refusal)
{
    struct words words;
    words_init(&words);
    for (size_t i = 0; i < matches->count && i < FOUND_MOST; i++) {
        const struct key *key = &matches->keys[i]->key;
        const char *name =
            wanted->holders == NULL ? NULL : holders_name(wanted->holders, &key->id);
        bytes_add_text(&words.bytes, i == 0 ? "" : ", ");
        add_quoted(&words, matches->tokens[i]->label);
        bytes_add_text(&words.bytes, " (");
        bytes_add_text(&words.bytes, name == NULL ? "" : name);
        bytes_add_text(&words.bytes, name == NULL ? "" : ", ");
        holders_key(key, &words.bytes);
        bytes_add_text(&words.bytes, ")");
    }
    return fault(ERR_TOKEN, refusal,
        "%zu keys that are plugged in would do: name yours with --token or --key-label: %s%s",
        matches->count, words_end(&words), matches->count > FOUND_MOST ? " and more" : "");
}

static enum err find_any(const struct rack *rack, const struct token_wanted *wanted,
    struct admin_token_place *place, struct refusal *refusal)
{
    struct matches matches;
    find_matches(rack, wanted, &matches);
    if (matches.count > 1)
        return which(&matches, wanted, refusal);
    place->token = matches.tokens[0];
    place->key = matches.keys[0];
    return matches.count == 1 ? OK : none_will_do(rack, wanted, refusal);
}

enum err token_choose(const struct rack *rack, const struct token_wanted *wanted,
    struct admin_token_place *place, struct refusal *refusal)
{
    *place = (struct admin_token_place){
        .module = wanted->module, .rack = rack, .key_label = wanted->key_label};
    if (wanted->token == NULL)
        return find_any(rack, wanted, place, refusal);
    enum err err = find_named(rack, wanted, &place->token, refusal);
    return err == OK ? pick_key(place->token, wanted, place, refusal) : err;
}

enum err token_choose_bare(const struct rack *rack, const struct token_wanted *wanted,
    struct admin_token_place *place, struct refusal *refusal)
{
    struct words words;
    size_t count = 0;
    *place = (struct admin_token_place){.module = wanted->module, .rack = rack};
    if (wanted->token != NULL)
        return find_named(rack, wanted, &place->token, refusal);
    for (size_t i = 0; i < rack->count; i++)
        if (rack->tokens[i].state == RACK_READY) {
            place->token = &rack->tokens[i];
            count++;
        }
    if (count == 1)
        return OK;
    return fault(count == 0 ? ERR_NOT_FOUND : ERR_TOKEN, refusal,
        "which token? Name one with --token; found: %s", found_tokens(rack, &words));
}
