#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_house.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { PATIENCE_MS = 20000, SILENCE_MS = 60 };

static void make_log_key(struct ledger_house *house)
{
    uint8_t raw[32];
    size_t size = sizeof raw;
    house->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(house->pkey);
    assert_int_equal(EVP_PKEY_get_raw_public_key(house->pkey, raw, &size), 1);
    assert_int_equal(key_from_raw(KEY_ED25519, span_of(raw, size), &house->log), OK);
}

static void write_founding(struct ledger_house *house)
{
    struct founding founding = {.time = TEXT_TIME, .origin = HOUSE_ORIGIN, .log = house->log};
    struct founded founded = {.time = TEXT_TIME, .signature_count = 1};
    bytes_add_text(&house->charter, "a charter that no ledger reads\n");
    bytes_add_text(&house->objects, "a list of objects\n");
    founding.charter = hash_of(bytes_span(&house->charter));
    founding.objects = hash_of(bytes_span(&house->objects));
    founding_write(&founding, &house->founding);
    founded.founding.leaf = merkle_leaf(bytes_span(&house->founding));
    founded.signatures[0].key = made_up_hash(1);
    founded.signatures[0].signature_size = 64;
    founded_write(&founded, &house->founded);
}

int house_make(void **state)
{
    struct ledger_house *house = calloc(1, sizeof *house);
    folder_make(house->folder);
    house->words = memfd_create("words", 0);
    house->leaves = calloc(HOUSE_LEAVES, sizeof *house->leaves);
    house->charter = house->objects = house->founding = house->founded = text_new();
    house->state = house->text = text_new();
    house->control.fd = house->keeper.fd = house->vault.fd = -1;
    make_log_key(house);
    write_founding(house);
    *state = house;
    return 0;
}

int house_drop(void **state)
{
    struct ledger_house *house = *state;
    if (house->pid != 0)
        house_kill(house);
    EVP_PKEY_free(house->pkey);
    struct bytes *all[] = {&house->charter, &house->objects, &house->founding, &house->founded,
        &house->state, &house->text};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        bytes_clear(all[i]);
    free(house->leaves);
    close(house->words);
    folder_remove(house->folder);
    free(house);
    return 0;
}

// ---- the program ----

static void become_ledger(const struct ledger_house *house, const int theirs[3])
{
    char program[FOLDER_NAME], path[FOLDER_NAME + 32];
    folder_of_program(program);
    snprintf(path, sizeof path, "%s/conclave-ledger", program);
    if (house->file_most != 0) {
        struct rlimit limit = {house->file_most, house->file_most};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    dup2(house->words, STDERR_FILENO);
    // Above 5 first, so that no duplicate lands on one that is still needed.
    int high[3];
    for (int i = 0; i < 3; i++)
        high[i] = fcntl(theirs[i], F_DUPFD, 20);
    for (int i = 0; i < 3; i++)
        dup2(high[i], ROOM_CONTROL + i);
    setenv("ASAN_OPTIONS", "quarantine_size_mb=1:malloc_context_size=4", 1);
    execl(path, path, (char *)NULL);
    _exit(99);
}

static void say_config(struct ledger_house *house, enum stage stage)
{
    struct message config = {.kind = ROOM_CONFIG};
    config.config.stage = stage;
    config.config.folder = span_text(house->folder);
    to_ledger(&house->control, &config);
}

void house_spawn(struct ledger_house *house, enum stage stage)
{
    struct channel *mine[] = {&house->control, &house->keeper, &house->vault};
    int theirs[3];
    assert_int_equal(house->pid, 0);
    assert_int_equal(ftruncate(house->words, 0), 0);
    lseek(house->words, 0, SEEK_SET);
    for (int i = 0; i < 3; i++) {
        int pair[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
        assert_int_equal(channel_init(mine[i], pair[0]), OK);
        theirs[i] = pair[1];
    }
    house->pid = fork();
    assert_true(house->pid >= 0);
    if (house->pid == 0)
        become_ledger(house, theirs);
    for (int i = 0; i < 3; i++)
        close(theirs[i]);
    say_config(house, stage);
}

static int wait_for_end(struct ledger_house *house)
{
    int status = 0;
    assert_int_equal(waitpid(house->pid, &status, 0), house->pid);
    house->pid = 0;
    channel_close(&house->control);
    channel_close(&house->keeper);
    channel_close(&house->vault);
    return status;
}

static void read_words(const struct ledger_house *house, char *out, size_t size)
{
    ssize_t got = pread(house->words, out, size - 1, 0);
    out[got < 0 ? 0 : got] = '\0';
}

static void check_end(struct ledger_house *house, int status, const char *words)
{
    char said[16384];
    read_words(house, said, sizeof said);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 99)
        fail_msg("it died (%x): %s", status, said);
    if (words != NULL && strstr(said, words) == NULL)
        fail_msg("it did not say \"%s\": %s", words, said);
}

void house_stop(struct ledger_house *house)
{
    channel_close(&house->control);
    int status = wait_for_end(house);
    check_end(house, status, NULL);
    assert_int_equal(WEXITSTATUS(status), 0);
}

void house_kill(struct ledger_house *house)
{
    kill(house->pid, SIGKILL);
    wait_for_end(house);
}

void house_ends(struct ledger_house *house, int status, const char *words)
{
    // A program that goes on would wait for ever: patience ends it, and the test.
    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        siginfo_t info = {0};
        assert_int_equal(
            waitid(P_PID, (id_t)house->pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
        if (info.si_pid != 0)
            break;
        poll(NULL, 0, 10);
        if (i == PATIENCE_MS / 10 - 1)
            kill(house->pid, SIGKILL);
    }
    int ended = wait_for_end(house);
    check_end(house, ended, words);
    assert_int_equal(WEXITSTATUS(ended), status);
}

// ---- messages ----

static void fill(struct ledger_house *house, struct channel *channel)
{
    char said[16384];
    struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
    if (poll(&ready, 1, PATIENCE_MS) == 1) {
        enum err err = channel_fill(channel);
        if (err == OK || err == ERR_AGAIN)
            return;
    }
    read_words(house, said, sizeof said);
    fail_msg("nothing came: %s", said);
}

struct message wait_for(
    struct ledger_house *house, struct channel *channel, enum message_kind kind)
{
    struct message message;
    for (;;) {
        enum err err = channel_take(channel, &message);
        if (err == OK)
            break;
        assert_int_equal(err, ERR_AGAIN);
        fill(house, channel);
    }
    if (message.kind != kind && message.kind == ANSWER_REFUSED)
        print_message("refused: %.*s\n", (int)message.refused.sentence.size,
            (const char *)message.refused.sentence.data);
    assert_int_equal(message.kind, kind);
    return message;
}

struct message from_vault_line(struct ledger_house *house, enum message_kind kind)
{
    return wait_for(house, &house->vault, kind);
}

struct message from_keeper_line(struct ledger_house *house, enum message_kind kind)
{
    return wait_for(house, &house->keeper, kind);
}

void is_silent(struct ledger_house *house, struct channel *channel)
{
    (void)house;
    struct message message;
    struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
    assert_int_equal(channel_take(channel, &message), ERR_AGAIN);
    assert_int_equal(poll(&ready, 1, SILENCE_MS), 0);
}

void to_ledger(struct channel *channel, const struct message *message)
{
    assert_int_equal(channel_put(channel, message), OK);
    enum err err = channel_flush(channel);
    while (err == OK && channel_wants_write(channel)) {
        struct pollfd ready = {.fd = channel->fd, .events = POLLOUT};
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        err = channel_flush(channel);
    }
    // A ledger that is ending does not read any more; its words tell.
    assert_true(err == OK || err == ERR_CLOSED);
}

// ---- the vault ----

void vault_says_seal(struct ledger_house *house, enum stage stage)
{
    struct message seal = {.kind = VAULT_SEAL};
    seal.seal.stage = stage;
    if (stage == STAGE_SERVING) {
        seal.seal.log = key_spki(&house->log);
        seal.seal.number = house->number;
        seal.seal.epoch = 1;
        seal.seal.charter = hash_of(bytes_span(&house->charter));
        seal.seal.size = house->sealed_size;
        seal.seal.root = house->sealed_root;
        seal.seal.state = hash_of(bytes_span(&house->state));
    }
    to_ledger(&house->vault, &seal);
}

struct place vault_leaf(struct ledger_house *house, struct span text)
{
    assert_true(house->leaf_count < HOUSE_LEAVES);
    struct place place = {house->leaf_count, merkle_leaf(text)};
    house->leaves[house->leaf_count++] = place.leaf;
    return place;
}

static void check_resume(struct ledger_house *house, const struct message *resume)
{
    struct merkle_edge edge;
    assert_true(span_equal(resume->resume.charter, bytes_span(&house->charter)));
    assert_true(span_equal(resume->resume.state, bytes_span(&house->state)));
    assert_int_equal(merkle_edge_set(&edge, house->sealed_size, resume->resume.edge.at,
                         resume->resume.edge.count),
        OK);
    struct hash root = merkle_edge_root(&edge);
    assert_true(hash_equal(&root, &house->sealed_root));
    house->leaf_count = house->sealed_size;
    house->durable = edge;
}

uint64_t vault_resumes(struct ledger_house *house)
{
    struct message message = from_vault_line(house, VAULT_RESUME);
    uint64_t count = 0;
    check_resume(house, &message);
    for (;; count++) {
        enum err err = channel_take(&house->vault, &message);
        while (err == ERR_AGAIN) {
            fill(house, &house->vault);
            err = channel_take(&house->vault, &message);
        }
        assert_int_equal(err, OK);
        if (message.kind == VAULT_RESUMED)
            break;
        assert_int_equal(message.kind, VAULT_REPLAY);
        vault_leaf(house, message.replay.text);
    }
    struct message up = {.kind = VAULT_UP, .id = message.id};
    up.durable.size = house->leaf_count;
    to_ledger(&house->vault, &up);
    return count;
}

void vault_appended(struct ledger_house *house, uint64_t id, struct span text)
{
    struct message appended = {.kind = VAULT_APPENDED, .id = id};
    appended.place = vault_leaf(house, text);
    to_ledger(&house->vault, &appended);
}

struct place vault_appends(struct ledger_house *house)
{
    struct message append = from_vault_line(house, VAULT_APPEND);
    struct place place = {house->leaf_count, merkle_leaf(append.replay.text)};
    vault_appended(house, append.id, append.replay.text);
    return place;
}

void vault_signs_checkpoint(
    struct ledger_house *house, uint64_t id, uint64_t size, const struct hash *root)
{
    uint8_t signature[64];
    size_t signed_size = sizeof signature;
    struct checkpoint checkpoint = {.origin = HOUSE_ORIGIN, .size = size, .root = *root};
    struct message message = {.kind = VAULT_CHECKPOINT, .id = id};
    struct bytes text = text_new(), note = text_new();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    checkpoint_write(&checkpoint, &text);
    assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, house->pkey), 1);
    assert_int_equal(EVP_DigestSign(ctx, signature, &signed_size, text.data, text.size), 1);
    EVP_MD_CTX_free(ctx);
    checkpoint_note(&checkpoint, &house->log, span_of(signature, sizeof signature), &note);
    message.checkpoint.size = size;
    message.checkpoint.note = bytes_span(&note);
    to_ledger(&house->vault, &message);
    bytes_clear(&text);
    bytes_clear(&note);
}

void vault_says_checkpoint(struct ledger_house *house, uint64_t id, uint64_t size)
{
    assert_true(size <= house->leaf_count);
    while (house->durable.size < size)
        merkle_edge_append(&house->durable, &house->leaves[house->durable.size]);
    assert_int_equal(house->durable.size, size);
    struct hash root = merkle_edge_root(&house->durable);
    vault_signs_checkpoint(house, id, size, &root);
}

void vault_checkpoints(struct ledger_house *house, uint64_t size)
{
    struct message durable = from_vault_line(house, VAULT_DURABLE);
    assert_int_equal(durable.durable.size, size);
    vault_says_checkpoint(house, durable.id, size);
}

void vault_state(const struct place *order, struct bytes *out)
{
    static struct state state;
    state = (struct state){.time = TEXT_TIME, .has_order = order != NULL};
    if (order != NULL)
        state.order = *order;
    bytes_reset(out);
    state_write(&state, out);
}

void vault_moves_seal(struct ledger_house *house, struct span state)
{
    house->number++;
    house->sealed_size = house->durable.size;
    house->sealed_root = merkle_edge_root(&house->durable);
    bytes_reset(&house->state);
    bytes_add(&house->state, state);
}

// ---- both ----

void house_found(struct ledger_house *house)
{
    struct message order = {.kind = ORDER_FOUND, .id = ++house->serial};
    house_spawn(house, STAGE_FOUNDING);
    vault_says_seal(house, STAGE_FOUNDING);
    assert_int_equal(from_keeper_line(house, LIVE_HOUSE).live_house.stage, STAGE_FOUNDING);
    from_keeper_line(house, LIVE_END);
    order.found.founding = bytes_span(&house->founding);
    order.found.founded = bytes_span(&house->founded);
    order.found.charter = bytes_span(&house->charter);
    order.found.objects = bytes_span(&house->objects);
    to_ledger(&house->keeper, &order);
    struct message found = from_vault_line(house, VAULT_FOUND);
    struct message judged = {.kind = VAULT_FOUND_JUDGED, .id = found.id};
    merkle_edge_init(&house->durable);
    house->leaf_count = 0;
    vault_leaf(house, found.found.founding);
    judged.judged.place = vault_leaf(house, found.found.founded);
    vault_state(NULL, &house->text);
    judged.judged.state = bytes_span(&house->text);
    to_ledger(&house->vault, &judged);
    vault_checkpoints(house, 2);
    struct message execute = from_vault_line(house, VAULT_EXECUTE);
    is_silent(house, &house->keeper);
    vault_moves_seal(house, bytes_span(&house->text));
    struct message sealed = {.kind = VAULT_SEALED, .id = execute.id};
    sealed.sealed.number = house->number;
    sealed.sealed.state = hash_of(bytes_span(&house->state));
    to_ledger(&house->vault, &sealed);
    assert_int_equal(from_keeper_line(house, DONE_FOUND).id, house->serial);
}

void house_starts_up(struct ledger_house *house)
{
    house_spawn(house, STAGE_SERVING);
    vault_says_seal(house, STAGE_SERVING);
    vault_resumes(house);
    vault_checkpoints(house, house->leaf_count);
}

void house_start(struct ledger_house *house)
{
    house_starts_up(house);
    from_keeper_line(house, LIVE_HOUSE);
    from_keeper_line(house, LIVE_END);
}

uint64_t keeper_orders(
    struct ledger_house *house, const struct span *blobs, uint32_t blob_count)
{
    struct message order = {.kind = ORDER_RECORD, .id = ++house->serial};
    order.record.text = bytes_span(&house->text);
    order.record.blobs.count = blob_count;
    for (uint32_t i = 0; i < blob_count; i++)
        order.record.blobs.at[i] = blobs[i];
    to_ledger(&house->keeper, &order);
    return order.id;
}

struct place keeper_is_done(struct ledger_house *house, uint64_t id)
{
    struct message done = from_keeper_line(house, DONE_RECORD);
    assert_int_equal(done.id, id);
    return done.place;
}

struct place house_record(
    struct ledger_house *house, const struct span *blobs, uint32_t blob_count)
{
    uint64_t id = keeper_orders(house, blobs, blob_count);
    struct place place = vault_appends(house);
    vault_checkpoints(house, place.index + 1);
    struct place done = keeper_is_done(house, id);
    assert_int_equal(done.index, place.index);
    assert_memory_equal(&done.leaf, &place.leaf, sizeof done.leaf);
    return done;
}

struct place house_open(struct ledger_house *house, const struct texts_request *request)
{
    struct span blobs[] = {bytes_span(&request->text), bytes_span(&request->payload)};
    texts_opened(request, (unsigned)house->leaf_count, &house->text);
    return house_record(house, blobs, 2);
}

struct message keeper_asks(struct ledger_house *house, struct message *ask)
{
    static const enum message_kind answers[MESSAGE_KINDS] = {
        [ASK_STATUS] = ANSWER_STATUS,
        [ASK_LIST] = ANSWER_RECORDS,
        [ASK_SHOW] = ANSWER_DOSSIER,
        [ASK_RECORDS] = ANSWER_RECORDS,
        [ASK_PROVE] = ANSWER_PROOF,
        [ASK_EXTEND] = ANSWER_PROOF,
        [ASK_BLOB] = ANSWER_BLOB,
    };
    ask->id = ++house->serial;
    to_ledger(&house->keeper, ask);
    struct message answer = from_keeper_line(house, answers[ask->kind]);
    assert_int_equal(answer.id, ask->id);
    return answer;
}
