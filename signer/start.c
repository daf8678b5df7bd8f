#include "signer/start.h"

#include "signer/corridor/descriptor.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t start_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// ---- the programs ----

static const char *const program_names[ROOMS] = {
    [VAULT] = "conclave-vault",
    [LEDGER] = "conclave-ledger",
    [KEEPER] = "conclave-keeper",
    [GATE] = "conclave-gate",
};

static void write_lines(struct parent *parent, const struct program *own)
{
    // By name, as the start record wants them; conclaved's own comes behind those with a hyphen.
    static const int order[ROOMS] = {GATE, KEEPER, LEDGER, VAULT};
    struct start start = {.program_count = ROOMS + 1, .programs[ROOMS] = *own};
    for (size_t i = 0; i < ROOMS; i++)
        start.programs[i] = parent->programs[order[i]].is;
    programs_write(&start, &parent->program_lines);
}

enum err start_open_programs(struct parent *parent, struct refusal *why)
{
    struct program_file own;
    enum err err = program_open_self(&own, "conclaved", why);
    bytes_init(&parent->program_lines, CONFIG_PROGRAMS_MOST);
    for (int room = 0; room < ROOMS; room++)
        parent->programs[room].descriptor = -1;
    for (int room = 0; room < ROOMS && err == OK; room++)
        err = program_open(&parent->programs[room], parent->rooms, program_names[room], why);
    if (err == OK) {
        write_lines(parent, &own.is);
        err = bytes_finish(&parent->program_lines);
    }
    if (err != OK)
        start_close_programs(parent);
    return err;
}

void start_close_programs(struct parent *parent)
{
    for (int room = 0; room < ROOMS; room++)
        program_close(&parent->programs[room]);
    bytes_clear(&parent->program_lines);
}

// ---- what each room is given ----

static void plan_vault(const struct parent *parent, struct child_plan *plan)
{
    const struct config_token *token = &parent->config->token;
    plan->resource = parent->pin.fd;
    plan->config.config.folder = span_text(token->folder);
    plan->config.config.module = span_text(token->module);
    plan->config.config.token = span_text(token->label);
}

static void plan_ledger(const struct parent *parent, struct child_plan *plan)
{
    plan->config.config.folder = span_text(parent->config->ledger);
}

static void plan_keeper(const struct parent *parent, struct child_plan *plan)
{
    plan->config.config.programs = bytes_span(&parent->program_lines);
}

static void plan_nothing(const struct parent *parent, struct child_plan *plan)
{
    (void)parent;
    (void)plan;
}

static void (*const plans[ROOMS])(const struct parent *parent, struct child_plan *plan) = {
    [VAULT] = plan_vault,
    [LEDGER] = plan_ledger,
    [KEEPER] = plan_keeper,
    [GATE] = plan_nothing,
};

static int64_t ready_by(const struct parent *parent, int room)
{
    bool asked = room == VAULT && parent->pin.asks;
    return start_now_ms() + (asked ? READY_ASKED_MS : READY_MS);
}

// The variables of the vault's module as execve takes them; NULL without memory. Free with
// free_environment.
static char **make_environment(const struct config_token *token)
{
    char **environment = calloc(CONFIG_VARIABLES + 1, sizeof *environment);
    for (unsigned i = 0; environment != NULL && i < token->environment_count; i++) {
        const struct config_variable *variable = &token->environment[i];
        struct bytes text;
        bytes_init(&text, LIMIT_RECORD);
        bytes_add_format(&text, "%s=%s", variable->name, variable->value);
        bytes_add_u8(&text, 0);
        if (bytes_finish(&text) != OK)
            log_halt(EXIT_HALT, "no memory for the vault's environment");
        environment[i] = (char *)text.data;
    }
    return environment;
}

static void free_environment(char **environment)
{
    for (char **variable = environment; variable != NULL && *variable != NULL; variable++)
        free(*variable);
    free(environment);
}

static enum err start_with(struct parent *parent, int room, int up, char *const *environment)
{
    struct child *child = &parent->children[room];
    struct child_plan plan = {.program = &parent->programs[room],
        .up = up,
        .down = parent->line,
        .resource = -1,
        .environment = environment,
        .config = {.kind = ROOM_CONFIG}};
    plan.config.config.stage = parent->stage;
    plans[room](parent, &plan);
    enum err err = child_start(child, &plan);
    program_close(&parent->programs[room]);
    child->deadline = ready_by(parent, room);
    return err;
}

static enum err start_alone(struct parent *parent, int room, int up)
{
    static const struct config_token nothing;
    char **environment = make_environment(room == VAULT ? &parent->config->token : &nothing);
    if (environment == NULL)
        return ERR_MEMORY;
    enum err err = start_with(parent, room, up, environment);
    free_environment(environment);
    return err;
}

void start_close_line(struct parent *parent)
{
    if (parent->line >= 0)
        close(parent->line);
    parent->line = -1;
}

// Its up is one end of a new line, whose other end waits for the next room; the gate's is the
// door.
enum err start_room(struct parent *parent, int room)
{
    int pair[2] = {-1, -1};
    if (room == GATE) {
        enum err err = start_alone(parent, room, parent->door.fd);
        start_close_line(parent);
        return err;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return ERR_SYSTEM;
    enum err err = start_alone(parent, room, pair[1]);
    close(pair[1]);
    start_close_line(parent);
    parent->line = pair[0];
    return err;
}

static enum err hand_over(struct parent *parent, int descriptor)
{
    struct message gate = {.kind = ROOM_GATE, .id = parent->gate};
    struct bytes frame;
    bytes_init(&frame, LIMIT_CHECKPOINT);
    codec_encode(&gate, &frame);
    enum err err = bytes_finish(&frame);
    if (err == OK)
        err = descriptor_send(
            parent->children[KEEPER].control.fd, bytes_span(&frame), descriptor);
    bytes_clear(&frame);
    return err;
}

enum err start_gate_again(struct parent *parent, struct refusal *why)
{
    int pair[2];
    enum err err = program_open_again(&parent->programs[GATE], parent->rooms, why);
    if (err != OK)
        return err;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return ERR_SYSTEM;
    parent->gate++;
    parent->line = pair[1];
    err = hand_over(parent, pair[0]);
    close(pair[0]);
    if (err == OK)
        err = start_room(parent, GATE);
    start_close_line(parent);
    return err;
}
