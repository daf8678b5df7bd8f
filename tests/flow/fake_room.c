// A room that only takes part: the ritual, the sandbox, and messages passed on. Its name says which
// room it is; one word in the file NAME.plan beside the program says how it misbehaves:
//
//   exit N    ends with status N instead of getting ready
//   hang      never gets ready
//   wait      gets ready once the file is gone
//   quiet     turns the terminal's echo off, as one that asks does, and never gets ready
//   deaf      does not stop when it is told to
//   mute      (the keeper) does not record that the house stops
//   early     says bytes that are no message before conclaved can hear that it is ready
//   garbage   answers the first message with bytes that are no message
//   forbidden says ROOM_GATE to conclaved, which no room may
//
// A client of the gate is told "ok N", N the number of bytes that came back from the vault, and is
// hung up on.
#include "signer/corridor/room.h"
#include "signer/corridor/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { CLIENTS = 64, PIN_MOST = 64, POLL_MS = 10, POLL_US = 10000, STOP_ID = 1000 };

struct fake {
    struct room room;
    struct room_config config;
    int clients[CLIENTS]; // the gate's: by the id of the ask; 0: none
    char plan[16];
    char plan_path[PATH_MAX + 64];
    int number;
};

static struct fake fake;
static uint8_t large[LIMIT_PAYLOAD];
extern char **environ;

static bool plans(const char *word)
{
    return strcmp(fake.plan, word) == 0;
}

static void read_plan(void)
{
    char self[PATH_MAX] = "";
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        exit(1);
    snprintf(fake.plan_path, sizeof fake.plan_path, "%s/%s.plan", dirname(self),
        program_invocation_short_name);
    FILE *file = fopen(fake.plan_path, "re");
    if (file == NULL)
        return;
    if (fscanf(file, "%15s %d", fake.plan, &fake.number) < 1)
        exit(1);
    fclose(file);
}

// ---- what each does ----

static enum err send_garbage(struct channel *channel)
{
    return write(channel->fd, "\0\0\0\x03???", 7) == 7 ? OK : ERR_SYSTEM;
}

static enum err pass(struct channel *to, struct channel *from, const struct message *message)
{
    return plans("garbage") ? send_garbage(from) : channel_put(to, message);
}

static enum err pass_down(void *context, const struct message *message)
{
    (void)context;
    return pass(&fake.room.down, &fake.room.up, message);
}

static enum err pass_up(void *context, const struct message *message)
{
    (void)context;
    return pass(&fake.room.up, &fake.room.down, message);
}

static enum err forget(void *context, enum err why)
{
    (void)context;
    log_info("lost its gate: %s", err_text(why));
    return OK;
}

// What stands for its record goes through ledger and vault, and back.
static enum err record_stop(void)
{
    const struct message record = {.kind = ASK_SUBMIT, .id = STOP_ID, .submit.blobs.count = 1};
    log_info("is to record the stop");
    return plans("mute") ? OK : channel_put(&fake.room.down, &record);
}

static enum err note_control(void *context, const struct message *message)
{
    (void)context;
    if (message->kind == ROOM_STOP)
        return record_stop();
    if (message->kind != ROOM_GATE)
        return ERR_FORM;
    log_info("has a new gate");
    return OK;
}

static enum err keep_answer(void *context, const struct message *message)
{
    if (message->id != STOP_ID)
        return pass_up(context, message);
    log_info("has recorded the stop");
    fake.room.stopping = true;
    return OK;
}

static enum err answer(void *context, const struct message *message)
{
    (void)context;
    struct message reply = {.kind = ANSWER_BLOB, .id = message->id};
    reply.blob_is.bytes = message->submit.blobs.at[0];
    if (message->kind != ASK_SUBMIT)
        return ERR_FORM;
    if (plans("garbage"))
        return send_garbage(&fake.room.up);
    return channel_put(&fake.room.up, &reply);
}

static enum err tell_client(void *context, const struct message *message)
{
    (void)context;
    if (message->kind != ANSWER_BLOB || message->id >= CLIENTS)
        return ERR_FORM;
    char text[32];
    int fd = fake.clients[message->id];
    int size = snprintf(text, sizeof text, "ok %zu\n", message->blob_is.bytes.size);
    fake.clients[message->id] = 0;
    if (fd == 0)
        return ERR_FORM;
    bool sent = send(fd, text, (size_t)size, MSG_NOSIGNAL) == size;
    close(fd);
    return sent ? OK : ERR_SYSTEM;
}

static int let_in(void *context)
{
    (void)context;
    for (uint64_t id = 1; id < CLIENTS; id++) {
        if (fake.clients[id] != 0)
            continue;
        int fd = accept4(ROOM_UP, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            break;
        struct message ask = {.kind = ASK_SUBMIT, .id = id};
        ask.submit.blobs.at[0] = span_of(large, sizeof large);
        ask.submit.blobs.count = 1;
        fake.clients[id] = fd;
        if (channel_put(&fake.room.down, &ask) != OK)
            log_halt(EXIT_HALT, "the keeper does not read");
        if (plans("garbage") && send_garbage(&fake.room.down) != OK)
            log_halt(EXIT_HALT, "the keeper is gone");
    }
    return POLL_MS;
}

static const struct role {
    const char *program;
    unsigned channels;
    enum sandbox_kind sandbox;
    struct room_loop loop;
} roles[] = {
    {"conclave-gate", ROOM_HAS_DOWN, SANDBOX_GATE, {.from_down = tell_client, .turn = let_in}},
    {"conclave-keeper", ROOM_HAS_UP | ROOM_HAS_DOWN, SANDBOX_KEEPER,
        {.from_up = pass_down,
            .from_down = keep_answer,
            .from_control = note_control,
            .up_lost = forget}},
    {"conclave-ledger", ROOM_HAS_UP | ROOM_HAS_DOWN, SANDBOX_LEDGER,
        {.from_up = pass_down, .from_down = pass_up}},
    {"conclave-vault", ROOM_HAS_UP, SANDBOX_VAULT, {.from_up = answer}},
};

static const struct role *own_role(void)
{
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(roles[i].program, program_invocation_short_name) == 0)
            return &roles[i];
    exit(1);
}

// ---- what the test reads ----

static void tell_what_it_got(void)
{
    char pin[PIN_MOST];
    log_info("config: stage %d folder '%s' module '%s' token '%s'", (int)fake.config.stage,
        fake.config.folder, fake.config.module, fake.config.token);
    for (char *at = fake.config.programs, *line; (line = strsep(&at, "\n")) != NULL;)
        if (*line != '\0')
            log_info("%s", line);
    for (char **variable = environ; *variable != NULL; variable++)
        log_info("environment: %s", *variable);
    for (int fd = 0; fd < 64; fd++) {
        struct stat st;
        if (fstat(fd, &st) == 0)
            log_info("descriptor: %d", fd);
    }
    ssize_t size = read(ROOM_RESOURCE, pin, sizeof pin);
    if (size > 0)
        log_info("resource: %zd bytes", size);
    close(ROOM_RESOURCE);
}

static void turn_echo_off(void)
{
    struct termios terminal;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &terminal) != 0)
        exit(1);
    terminal.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(fd, TCSANOW, &terminal) != 0)
        exit(1);
    log_info("asks");
}

static void misbehave_early(void)
{
    if (plans("quiet"))
        turn_echo_off();
    if (plans("exit"))
        log_halt(fake.number, "as planned");
    while (plans("hang") || plans("quiet"))
        pause();
    while (plans("wait") && access(fake.plan_path, F_OK) == 0)
        usleep(POLL_US);
}

static void misbehave_late(void)
{
    struct message gate = {.kind = ROOM_GATE};
    if (plans("forbidden") && channel_put(&fake.room.control, &gate) != OK)
        exit(1);
}

int main(void)
{
    read_plan();
    const struct role *role = own_role();
    room_enter(&fake.room, strchr(role->program, '-') + 1, role->channels, &fake.config);
    tell_what_it_got();
    misbehave_early();
    room_list_libraries(&fake.room);
    sandbox_enter(role->sandbox, fake.config.folder[0] == '\0' ? NULL : fake.config.folder);
    if (plans("early") && send_garbage(&fake.room.down) != OK)
        exit(1);
    if (plans("early"))
        usleep(200000);
    room_ready(&fake.room);
    misbehave_late();
    int status = room_run(&fake.room, &role->loop);
    while (plans("deaf"))
        sleep(1);
    return status;
}
