#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/ledger_house.h"
#include "tests/unit/ledger_texts.h"

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
    house->state = house->text = house->next_charter = text_new();
    house->epoch = 1;
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
        &house->state, &house->text, &house->next_charter};
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
        const struct sigaction ignore = {.sa_handler = SIG_IGN};
        sigaction(SIGXFSZ, &ignore, NULL);
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

void wait_for_bytes(struct ledger_house *house, struct channel *channel)
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
        wait_for_bytes(house, channel);
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
