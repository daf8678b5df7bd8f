#include "signer/config.h"

#include "signer/base/bytes.h"
#include "signer/corridor/layout.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

// ---- the schema ----

enum {
    PATH_LONGEST = CONFIG_PATH_MOST, // what a room is told
    LABEL_LONGEST = 32,              // PKCS#11 pads a token's label to this
    NAME_LONGEST = 64,               // of a variable
    SOCKET_LONGEST = 107,            // struct sockaddr_un
};

#define TEXT(key, structure, member, most)                                                     \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, most)
#define OPTIONAL_TEXT(key, structure, member, most)                                            \
    CYAML_FIELD_STRING_PTR(                                                                    \
        key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, 1, most)

static const cyaml_schema_field_t variable_fields[] = {
    TEXT("name", struct config_variable, name, NAME_LONGEST),
    TEXT("value", struct config_variable, value, PATH_LONGEST), CYAML_FIELD_END};

static const cyaml_schema_value_t variable_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_variable, variable_fields)};

static const cyaml_schema_field_t token_fields[] = {
    TEXT("module", struct config_token, module, PATH_LONGEST),
    TEXT("label", struct config_token, label, LABEL_LONGEST),
    TEXT("folder", struct config_token, folder, PATH_LONGEST),
    CYAML_FIELD_SEQUENCE("environment", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
        struct config_token, environment, &variable_schema, 1, CONFIG_VARIABLES),
    CYAML_FIELD_END};

static const cyaml_strval_t pin_sources[] = {
    {"terminal", PIN_TERMINAL}, {"credential", PIN_CREDENTIAL}, {"descriptor", PIN_DESCRIPTOR}};

static const cyaml_schema_field_t config_fields[] = {
    TEXT("socket", struct config, socket, SOCKET_LONGEST),
    OPTIONAL_TEXT("socket-mode", struct config, socket_mode, 4),
    TEXT("ledger", struct config, ledger, PATH_LONGEST),
    CYAML_FIELD_MAPPING("token", CYAML_FLAG_DEFAULT, struct config, token, token_fields),
    CYAML_FIELD_ENUM("pin", CYAML_FLAG_STRICT, struct config, pin, pin_sources,
        CYAML_ARRAY_LEN(pin_sources)),
    CYAML_FIELD_END};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, config_fields)};

// ---- reading ----

// The library tells of a fault in its log: first what, then where, from the inside out.
struct trace {
    char what[160];
    char where[160];
};

static void note(cyaml_log_t level, void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void note(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct trace *trace = context;
    char *line = trace->what[0] == '\0' ? trace->what : trace->where;
    if (level < CYAML_LOG_ERROR || line[0] != '\0' || strstr(format, "Backtrace") != NULL)
        return;
    vsnprintf(line, sizeof trace->what, format, arguments);
    line[strcspn(line, "\n")] = '\0';
}

static const cyaml_config_t reading = {.log_fn = note,
    .mem_fn = cyaml_mem,
    .log_level = CYAML_LOG_ERROR,
    .flags = CYAML_CFG_NO_ALIAS};

// Who can write this file can name a module that runs in the vault.
static enum err read_file(const char *path, struct bytes *out, struct refusal *why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return refuse(why, "", "cannot open %s: %s", path, strerror(errno));
    enum err err = OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        err = refuse(why, "", "%s is no file", path);
    else if ((st.st_mode & S_IWOTH) != 0)
        err = refuse(why, "", "%s can be written by everybody: chmod o-w", path);
    while (err == OK) {
        uint8_t *room = bytes_room(out, CONFIG_MOST - out->size);
        ssize_t got = room == NULL ? -1 : read(fd, room, CONFIG_MOST - out->size);
        if (got <= 0) {
            err = got == 0 ? OK : refuse(why, "", "cannot read %s", path);
            break;
        }
        bytes_grew(out, (size_t)got);
        if (out->size == CONFIG_MOST)
            err = refuse(why, "", "%s is larger than %d bytes", path, CONFIG_MOST);
    }
    close(fd);
    return err;
}

// The loader would pass over all but the first document, whatever stands there.
static enum err check_single(const char *path, struct span yaml, struct refusal *why)
{
    yaml_parser_t parser;
    yaml_event_t event;
    enum err err = OK;
    int documents = 0;
    bool end = false;
    if (!yaml_parser_initialize(&parser))
        return ERR_MEMORY;
    yaml_parser_set_input_string(&parser, yaml.data, yaml.size);
    while (err == OK && !end) {
        if (!yaml_parser_parse(&parser, &event)) {
            err = refuse(why, "", "%s, line %zu: this is no YAML (%s)", path,
                parser.problem_mark.line + 1, parser.problem);
            break;
        }
        documents += event.type == YAML_DOCUMENT_START_EVENT;
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (documents > 1)
            err = refuse(why, "", "%s has more than one document: keep the first", path);
    }
    yaml_parser_delete(&parser);
    return err;
}

static enum err load(
    const char *path, struct span yaml, struct config **out, struct refusal *why)
{
    struct trace trace = {.what = ""};
    cyaml_config_t config = reading;
    cyaml_data_t *data = NULL;
    config.log_ctx = &trace;
    cyaml_err_t error =
        cyaml_load_data(yaml.data, yaml.size, &config, &config_schema, &data, NULL);
    if (error == CYAML_ERR_OOM)
        return ERR_MEMORY;
    if (error != CYAML_OK)
        return refuse(why, "", "%s: %s%s", path,
            trace.what[0] == '\0' ? cyaml_strerror(error) : trace.what, trace.where);
    if (data == NULL)
        return refuse(why, "", "%s is empty", path);
    *out = data;
    return OK;
}

// ---- checks beyond the schema ----

static bool is_mode(const char *text)
{
    return strlen(text) == 4 && text[0] == '0' && strspn(text, "01234567") == 4;
}

// What the loader of the vault's program would take as an order to run something else.
static bool is_variable(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return strspn(name, letters) == strlen(name) && strncmp(name, "LD_", 3) != 0 &&
           strncmp(name, "GLIBC_", 6) != 0;
}

static enum err check(const char *path, const struct config *config, struct refusal *why)
{
    const struct {
        const char *field;
        const char *value;
    } paths[] = {{"socket", config->socket}, {"ledger", config->ledger},
        {"token.module", config->token.module}, {"token.folder", config->token.folder}};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i].value[0] != '/')
            return refuse(why, "", "%s: %s must be an absolute path, not %s", path,
                paths[i].field, paths[i].value);
    if (config->socket_mode != NULL && !is_mode(config->socket_mode))
        return refuse(why, "",
            "%s: socket-mode must be four octal digits like \"0660\", not %s", path,
            config->socket_mode);
    for (unsigned i = 0; i < config->token.environment_count; i++)
        if (!is_variable(config->token.environment[i].name))
            return refuse(why, "", "%s: token.environment may not set %s", path,
                config->token.environment[i].name);
    return OK;
}

enum err config_read(const char *path, struct config **out, struct refusal *why)
{
    struct bytes yaml;
    struct config *config = NULL;
    bytes_init(&yaml, CONFIG_MOST);
    enum err err = read_file(path, &yaml, why);
    if (err == OK)
        err = check_single(path, bytes_span(&yaml), why);
    if (err == OK)
        err = load(path, bytes_span(&yaml), &config, why);
    bytes_clear(&yaml);
    if (err == OK)
        err = check(path, config, why);
    if (err != OK) {
        config_free(config);
        config = NULL;
    }
    *out = config;
    return err;
}

void config_free(struct config *config)
{
    if (config != NULL)
        cyaml_free(&reading, &config_schema, config, 0);
}

mode_t config_socket_mode(const struct config *config)
{
    static const char standard[] = "0660";
    const char *text = config->socket_mode == NULL ? standard : config->socket_mode;
    mode_t mode = 0;
    for (const char *at = text; *at != '\0'; at++)
        mode = mode << 3 | (mode_t)(*at - '0');
    return mode;
}
