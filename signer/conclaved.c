// conclaved: reads the configuration, opens the doors, starts the four rooms and waits.
#include "signer/parent.h"
#include "signer/start.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_USAGE = 64 };

struct options {
    const char *config;
    const char *rooms; // NULL: beside conclaved itself
    int pin_fd;
    bool found;
};

static const char usage[] =
    "Usage: conclaved --config FILE [--found] [--pin-fd N] [--rooms DIR]\n"
    "\n"
    "Starts the rooms of a signing appliance and serves its clients.\n"
    "\n"
    "  --config FILE  the configuration, see conclaved(8)\n"
    "  --found        found a new appliance in a token without a seal\n"
    "  --pin-fd N     the descriptor that the PIN is read from (pin: descriptor)\n"
    "  --rooms DIR    where conclave-vault, conclave-ledger, conclave-keeper and "
    "conclave-gate\n"
    "                 are; else beside conclaved\n"
    "  --help         show this\n"
    "  --version      show the version\n";

static _Noreturn void show(const char *text)
{
    _exit(fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

static _Noreturn void refuse_usage(const char *why)
{
    log_halt(EXIT_USAGE, "%s; see conclaved --help", why);
}

static int read_number(const char *text)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number <= STDERR_FILENO ||
        number > INT_MAX)
        refuse_usage("--pin-fd takes the number of a descriptor above 2");
    return (int)number;
}

static void take_config(struct options *options, const char *value)
{
    options->config = value;
}

static void take_found(struct options *options, const char *value)
{
    (void)value;
    options->found = true;
}

static void take_pin_fd(struct options *options, const char *value)
{
    options->pin_fd = read_number(value);
}

static void take_rooms(struct options *options, const char *value)
{
    options->rooms = value;
}

static void take_help(struct options *options, const char *value)
{
    (void)options;
    (void)value;
    show(usage);
}

static void take_version(struct options *options, const char *value)
{
    (void)options;
    (void)value;
    show("conclaved " CONCLAVE_VERSION "\n");
}

// The number of an option is its handler's place.
enum { TAKE_CONFIG, TAKE_FOUND, TAKE_PIN_FD, TAKE_ROOMS, TAKE_HELP, TAKE_VERSION, TAKES };

static void (*const takes[TAKES])(struct options *options, const char *value) = {
    [TAKE_CONFIG] = take_config,
    [TAKE_FOUND] = take_found,
    [TAKE_PIN_FD] = take_pin_fd,
    [TAKE_ROOMS] = take_rooms,
    [TAKE_HELP] = take_help,
    [TAKE_VERSION] = take_version,
};

static const struct option known[] = {
    {"config", required_argument, NULL, TAKE_CONFIG},
    {"found", no_argument, NULL, TAKE_FOUND},
    {"pin-fd", required_argument, NULL, TAKE_PIN_FD},
    {"rooms", required_argument, NULL, TAKE_ROOMS},
    {"help", no_argument, NULL, TAKE_HELP},
    {"version", no_argument, NULL, TAKE_VERSION},
    {NULL, 0, NULL, 0},
};

static struct options read_options(int argc, char **argv)
{
    struct options options = {.pin_fd = -1};
    int option;
    opterr = 0; // its sentence is ours
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option < 0 || option >= TAKES)
            refuse_usage("unknown or incomplete option");
        takes[option](&options, optarg);
    }
    if (optind < argc)
        refuse_usage("it takes options only");
    if (options.config == NULL)
        refuse_usage("--config is missing");
    return options;
}

// 0 to 2 are there, and nothing above is passed on by accident.
static void settle_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            _exit(EXIT_HALT);
    if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        log_halt(EXIT_HALT, "cannot look after descriptors: %s", strerror(errno));
}

static void drop(void)
{
    const struct rlimit no_core = {0, 0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &no_core) != 0)
        log_halt(EXIT_HALT, "cannot give up privileges: %s", strerror(errno));
    umask(S_IRWXG | S_IRWXO);
}

// Where the programs of the rooms are when nobody says: beside this one.
static const char *own_folder(char path[PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (length < 0)
        log_halt(EXIT_HALT, "cannot find its own folder: name that of the rooms with --rooms");
    path[length] = '\0';
    return dirname(path);
}

static void must(enum err err, const struct refusal *why)
{
    if (err == ERR_REFUSED)
        log_halt(EXIT_HALT, "%s", why->sentence);
    if (err != OK)
        log_halt(EXIT_HALT, "%s", err_text(err));
}

int main(int argc, char **argv)
{
    struct parent parent = {.signals = -1};
    struct refusal why;
    struct config *config = NULL;
    char path[PATH_MAX];
    settle_descriptors();
    const struct options options = read_options(argc, argv);
    drop();
    must(config_read(options.config, &config, &why), &why);
    parent.config = config;
    parent.rooms = options.rooms != NULL ? options.rooms : own_folder(path);
    parent.stage = options.found ? STAGE_FOUNDING : STAGE_SERVING;
    must(start_open_programs(&parent, &why), &why);
    must(pin_open(&parent.pin, config->pin, options.pin_fd, &why), &why);
    must(door_open(&parent.door, config->socket, config_socket_mode(config), &why), &why);
    must(parent_init(&parent), &why);
    int status = parent_run(&parent);
    pin_restore_terminal(&parent.pin);
    start_close_programs(&parent);
    door_close(&parent.door);
    close(parent.signals);
    config_free(config);
    return status;
}
