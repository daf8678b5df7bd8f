#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/keeper_house.h"

#include "tests/unit/folder.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { PATIENCE_MS = 20000, SILENCE_MS = 60 };

void house_write_charter(struct keeper_house *house)
{
    bytes_reset(&house->charter_text);
    charter_write(house->charter, &house->charter_text);
    assert_int_equal(bytes_finish(&house->charter_text), OK);
    house->charter->hash = hash_of(bytes_span(&house->charter_text));
    house->state->epoch = house->charter->epoch;
    house->state->charter = house->charter->hash;
}

static void write_founding(struct keeper_house *house)
{
    struct founding founding = {.time = 1700000000,
        .origin = HOUSE_ORIGIN,
        .log = house->log.key,
        .charter = hash_of(span_text("the first charter")),
        .objects = hash_of(span_text("objects"))};
    founding_write(&founding, &house->founding);
    house_leaf(house, bytes_span(&house->founding));
}

static void make_clock(struct keeper_house *house)
{
    house->clock = memfd_create("clock", MFD_CLOEXEC);
    assert_int_equal(ftruncate(house->clock, sizeof *house->ahead), 0);
    house->ahead =
        mmap(NULL, sizeof *house->ahead, PROT_READ | PROT_WRITE, MAP_SHARED, house->clock, 0);
    assert_ptr_not_equal(house->ahead, MAP_FAILED);
}

int house_make(void **state)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN}; // a keeper may hang up
    struct keeper_house *house = calloc(1, sizeof *house);
    assert_int_equal(sigaction(SIGPIPE, &ignore, NULL), 0);
    house->words = memfd_create("words", 0);
    house->program = "conclave-keeper";
    make_clock(house);
    house->control.fd = house->gate.fd = house->ledger.fd = -1;
    person_make(&house->log, KEY_ED25519);
    for (size_t i = 0; i < HOUSE_PEOPLE; i++)
        person_make(&house->people[i], i % 2 == 0 ? KEY_P256 : KEY_ED25519);
    person_make(&house->service, KEY_ED25519);
    person_make(&house->laptop, KEY_ED25519);
    house->charter = charter_new();
    house->state = calloc(1, sizeof *house->state);
    bytes_init(&house->charter_text, LIMIT_CHARTER);
    bytes_init(&house->founding, LIMIT_RECORD);
    house->newest = house->state->time = moment_now();
    house_fill_charter(house);
    house_write_charter(house);
    write_founding(house);
    *state = house;
    return 0;
}

int house_drop(void **state)
{
    struct keeper_house *house = *state;
    if (house->pid != 0) {
        kill(house->pid, SIGKILL);
        house_ends(house, -1);
    }
    person_clear(&house->log);
    person_clear(&house->service);
    person_clear(&house->laptop);
    for (size_t i = 0; i < HOUSE_PEOPLE; i++)
        person_clear(&house->people[i]);
    for (size_t i = 0; i < house->live_count; i++)
        bytes_clear(&house->live[i].text);
    bytes_clear(&house->charter_text);
    bytes_clear(&house->founding);
    charter_free(house->charter);
    free(house->state);
    munmap(house->ahead, sizeof *house->ahead);
    close(house->clock);
    close(house->words);
    free(house);
    return 0;
}

// ---- the replay ----

// An outcome that names the state, as the last one always does.
static uint64_t add_outcome(struct keeper_house *house, struct span state, struct bytes *out)
{
    static struct outcome outcome;
    outcome = (struct outcome){.time = house->newest,
        .request = hash_of(span_text("an old request")),
        .order = {0, house->leaves[0]},
        .state = hash_of(state),
        .signature_count = 1};
    outcome.signatures[0] = (struct outcome_signature){.role = "image/targets",
        .version = 1,
        .key = hash_of(span_text("key")),
        .signature = hash_of(span_text("signature"))};
    outcome_write(&outcome, out);
    assert_int_equal(bytes_finish(out), OK);
    return house_leaf(house, bytes_span(out)).index;
}

static void replay_house(struct keeper_house *house)
{
    struct message live = {.kind = LIVE_HOUSE};
    struct bytes state, outcome, note;
    bytes_init(&state, LIMIT_STATE);
    bytes_init(&outcome, LIMIT_RECORD);
    bytes_init(&note, LIMIT_CHECKPOINT);
    state_write(house->state, &state);
    assert_int_equal(bytes_finish(&state), OK);
    live.live_house.stage = STAGE_SERVING;
    live.live_house.outcome.index = add_outcome(house, bytes_span(&state), &outcome);
    live.live_house.outcome.text = bytes_span(&outcome);
    house_prove(house, live.live_house.outcome.index, &live.live_house.outcome_path);
    live.live_house.founding = bytes_span(&house->founding);
    house_prove(house, 0, &live.live_house.founding_path);
    live.live_house.charter = bytes_span(&house->charter_text);
    live.live_house.state = bytes_span(&state);
    house_sign_checkpoint(house, &note);
    live.live_house.checkpoint = bytes_span(&note);
    live.live_house.newest = house->newest;
    house_says(&house->ledger, &live);
    bytes_clear(&state);
    bytes_clear(&outcome);
    bytes_clear(&note);
}

static void replay_records(struct keeper_house *house)
{
    for (size_t i = 0; i < house->live_count; i++) {
        struct message live = {.kind = LIVE_RECORD};
        live.live_record.entry.index = house->live[i].index;
        live.live_record.entry.text = bytes_span(&house->live[i].text);
        house_prove(house, house->live[i].index, &live.live_record.path);
        house_says(&house->ledger, &live);
    }
    const struct message end = {.kind = LIVE_END};
    house_says(&house->ledger, &end);
}

// ---- the program ----

static void become_keeper(const struct keeper_house *house, const int theirs[3])
{
    char program[FOLDER_NAME], path[FOLDER_NAME + 32];
    folder_of_program(program);
    snprintf(path, sizeof path, "%s/%s", program, house->program);
    dup2(house->words, STDERR_FILENO);
    int clock = fcntl(house->clock, F_DUPFD, 20);
    // Above 5 first, so that no duplicate lands on one that is still needed.
    int high[3];
    for (int i = 0; i < 3; i++)
        high[i] = fcntl(theirs[i], F_DUPFD, 20);
    for (int i = 0; i < 3; i++)
        dup2(high[i], ROOM_CONTROL + i);
    dup2(clock, HOUSE_CLOCK_DESCRIPTOR);
    setenv("ASAN_OPTIONS", "quarantine_size_mb=1:malloc_context_size=4", 1);
    execl(path, path, (char *)NULL);
    _exit(99);
}

static void fork_keeper(struct keeper_house *house)
{
    struct channel *mine[] = {&house->control, &house->gate, &house->ledger};
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
        become_keeper(house, theirs);
    for (int i = 0; i < 3; i++)
        close(theirs[i]);
}

static void say_config(struct keeper_house *house)
{
    static struct start start;
    struct message config = {.kind = ROOM_CONFIG};
    struct bytes programs;
    start = (struct start){.program_count = 1};
    start.programs[0].hash = hash_of(span_text("program"));
    snprintf(start.programs[0].name, LIMIT_NAME, "conclave-keeper");
    bytes_init(&programs, LIMIT_RECORD);
    programs_write(&start, &programs);
    config.config.stage = STAGE_SERVING;
    config.config.programs = bytes_span(&programs);
    house_says(&house->control, &config);
    bytes_clear(&programs);
}

void house_spawn(struct keeper_house *house)
{
    fork_keeper(house);
    say_config(house);
    replay_house(house);
    replay_records(house);
}

void house_comes_up(struct keeper_house *house)
{
    house_spawn(house);
    house_hears(house, &house->control, ROOM_READY);
}

void house_start(struct keeper_house *house)
{
    house_comes_up(house);
    struct message order = house_hears(house, &house->ledger, ORDER_RECORD);
    assert_int_equal(record_kind(order.record.text), RECORD_START);
    struct message done = {.kind = DONE_RECORD, .id = order.id};
    done.place = house_leaf(house, order.record.text);
    house_says(&house->ledger, &done);
}

static void read_words(const struct keeper_house *house, char *out, size_t size)
{
    ssize_t got = pread(house->words, out, size - 1, 0);
    out[got < 0 ? 0 : got] = '\0';
}

bool house_said(const struct keeper_house *house, const char *words)
{
    char said[16384];
    read_words(house, said, sizeof said);
    return strstr(said, words) != NULL;
}

// A program that goes on would be waited for for ever: patience ends it.
static void wait_for_end(struct keeper_house *house)
{
    siginfo_t info = {0};
    for (int waited = 0; info.si_pid == 0 && waited < PATIENCE_MS; waited += 10) {
        assert_int_equal(
            waitid(P_PID, (id_t)house->pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
        if (info.si_pid == 0)
            poll(NULL, 0, 10);
    }
    if (info.si_pid == 0)
        kill(house->pid, SIGKILL);
}

// `expected` -1: however.
void house_ends(struct keeper_house *house, int expected)
{
    char said[16384];
    int status = 0;
    wait_for_end(house);
    assert_int_equal(waitpid(house->pid, &status, 0), house->pid);
    house->pid = 0;
    channel_close(&house->control);
    channel_close(&house->gate);
    channel_close(&house->ledger);
    if (expected == -1 || (WIFEXITED(status) && WEXITSTATUS(status) == expected))
        return;
    read_words(house, said, sizeof said);
    fail_msg("it ended otherwise (%x): %s", status, said);
}

void house_stop(struct keeper_house *house)
{
    channel_close(&house->control);
    house_ends(house, 0);
}

// ---- messages ----

static void wait_for_bytes(struct keeper_house *house, struct channel *channel)
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

struct message house_hears(
    struct keeper_house *house, struct channel *channel, enum message_kind kind)
{
    struct message message;
    enum err err = channel_take(channel, &message);
    for (; err == ERR_AGAIN; err = channel_take(channel, &message))
        wait_for_bytes(house, channel);
    assert_int_equal(err, OK);
    if (message.kind != kind && message.kind == ANSWER_REFUSED)
        print_message("refused: %.*s\n", (int)message.refused.sentence.size,
            (const char *)message.refused.sentence.data);
    if (message.kind != kind && message.kind == ORDER_RECORD)
        print_message("a record: %.*s\n", (int)message.record.text.size,
            (const char *)message.record.text.data);
    assert_int_equal(message.kind, kind);
    return message;
}

void house_says(struct channel *channel, const struct message *message)
{
    assert_int_equal(channel_put(channel, message), OK);
    enum err err = channel_flush(channel);
    while (err == OK && channel_wants_write(channel)) {
        struct pollfd ready = {.fd = channel->fd, .events = POLLOUT};
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        err = channel_flush(channel);
    }
    assert_true(err == OK || err == ERR_CLOSED);
}

void house_is_silent(struct channel *channel)
{
    struct message message;
    struct pollfd ready = {.fd = channel->fd, .events = POLLIN};
    assert_int_equal(channel_take(channel, &message), ERR_AGAIN);
    assert_int_equal(poll(&ready, 1, SILENCE_MS), 0);
}
