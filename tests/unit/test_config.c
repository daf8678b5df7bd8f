#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "signer/base/bytes.h"
#include "signer/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOOD                                                                                   \
    "socket: /run/conclave/sock\n"                                                             \
    "ledger: /var/lib/conclave/ledger\n"                                                       \
    "token:\n"                                                                                 \
    "  module: /usr/lib/module.so\n"                                                           \
    "  label: appliance\n"                                                                     \
    "  folder: /var/lib/conclave/tokens\n"                                                     \
    "pin: terminal\n"

// Writes it where nothing else is, reads it as a configuration, and removes it.
static enum err read_text(
    const void *text, size_t size, mode_t mode, struct config **out, struct refusal *why)
{
    char path[] = "/tmp/config-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    enum err err = config_read(path, out, why);
    unlink(path);
    return err;
}

static void assert_refused(const char *text, const char *words)
{
    struct config *config = NULL;
    struct refusal why = {.sentence = ""};
    enum err err = read_text(text, strlen(text), 0600, &config, &why);
    if (err != ERR_REFUSED || strstr(why.sentence, words) == NULL)
        print_error("%s\nwas: %s\nnot: %s\n", text, why.sentence, words);
    assert_int_equal(err, ERR_REFUSED);
    assert_null(config);
    assert_non_null(strstr(why.sentence, words));
}

static void config__refuses_a_file_without_a_configuration(void **state)
{
    (void)state;
    struct config *config;
    struct refusal why;
    assert_int_equal(config_read("/nonexistent/x", &config, &why), ERR_REFUSED);
    assert_non_null(strstr(why.sentence, "cannot open /nonexistent/x"));
    assert_int_equal(config_read("/tmp", &config, &why), ERR_REFUSED);
    assert_non_null(strstr(why.sentence, "/tmp is no file"));
    assert_refused("", "is empty");
    assert_refused("# nothing\n", "is empty");
    assert_refused("- a\n- b\n", "");
    assert_refused("word\n", "");
    assert_refused("{ unfinished: [\n", "");
}

static void config__refuses_a_second_document(void **state)
{
    (void)state;
    assert_refused(GOOD "---\npin: descriptor\n", "more than one document");
    assert_refused(GOOD "...\n---\n" GOOD, "more than one document");
    assert_refused(GOOD "---\n{ broken", "");
}

static void config__refuses_each_missing_field(void **state)
{
    (void)state;
    static const char *const fields[] = {
        "socket: ", "ledger: ", "  module: ", "  label: ", "  folder: ", "pin: "};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char text[sizeof GOOD];
        const char *line = strstr(GOOD, fields[i]);
        const char *rest = strchr(line, '\n') + 1;
        int size = snprintf(text, sizeof text, "%.*s%s", (int)(line - GOOD), GOOD, rest);
        assert_true(size > 0 && (size_t)size < sizeof text);
        assert_refused(text, "");
    }
}

static void config__refuses_fields_it_does_not_know_or_has_seen(void **state)
{
    (void)state;
    assert_refused(GOOD "colour: red\n", "colour");
    assert_refused(GOOD "pin: descriptor\n", "");
    assert_refused(GOOD "Pin: descriptor\n", "Pin");
}

static void config__refuses_aliases(void **state)
{
    (void)state;
    assert_refused("socket: &path /run/sock\nledger: *path\ntoken:\n  module: /m\n"
                   "  label: a\n  folder: /t\npin: terminal\n",
        "");
}

static void config__refuses_values_that_cannot_be(void **state)
{
    (void)state;
    static const char token[] = "token: {module: /m, label: a, folder: /t}\n";
    char text[8192], name[200];
    snprintf(text, sizeof text, "socket: run/sock\nledger: /l\n%spin: terminal\n", token);
    assert_refused(text, "socket must be an absolute path");
    snprintf(text, sizeof text, "socket: /s\nledger: l\n%spin: terminal\n", token);
    assert_refused(text, "ledger must be an absolute path");
    assert_refused("socket: /s\nledger: /l\ntoken: {module: m.so, label: a, folder: /t}\n"
                   "pin: terminal\n",
        "token.module must be an absolute path");
    assert_refused("socket: /s\nledger: /l\ntoken: {module: /m, label: a, folder: t}\n"
                   "pin: terminal\n",
        "token.folder must be an absolute path");
    snprintf(text, sizeof text, "socket: /s\nledger: /l\n%spin: environment\n", token);
    assert_refused(text, "");
    snprintf(text, sizeof text, "socket: ''\nledger: /l\n%spin: terminal\n", token);
    assert_refused(text, "");
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "socket: /%s\nledger: /l\n%spin: terminal\n", name, token);
    assert_refused(text, "");
    assert_refused("socket: /s\nledger: /l\ntoken: {module: /m, label: "
                   "012345678901234567890123456789012, folder: /t}\npin: terminal\n",
        "");
}

static void config__refuses_modes_that_are_none(void **state)
{
    (void)state;
    static const char *const modes[] = {"660", "0880", "1660", "06600", "rw", "0x1f", "''"};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, GOOD "socket-mode: %s\n", modes[i]);
        assert_refused(text, "");
    }
}

static void config__refuses_variables_that_would_run_something_else(void **state)
{
    (void)state;
    static const char *const names[] = {
        "LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "a=b", "lower", "'A B'", "''"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text,
            "socket: /s\nledger: /l\npin: terminal\ntoken:\n  module: /m\n  label: a\n"
            "  folder: /t\n  environment:\n    - name: %s\n      value: x\n",
            names[i]);
        assert_refused(text, "");
    }
}

static void config__refuses_more_variables_than_it_has_room_for(void **state)
{
    (void)state;
    struct bytes text;
    bytes_init(&text, 8192);
    bytes_add_text(&text, "socket: /s\nledger: /l\npin: terminal\ntoken:\n  module: /m\n"
                          "  label: a\n  folder: /t\n  environment:\n");
    for (int i = 0; i <= CONFIG_VARIABLES; i++)
        bytes_add_format(&text, "    - {name: V%d, value: x}\n", i);
    bytes_add_u8(&text, 0);
    assert_refused((const char *)text.data, "");
    bytes_clear(&text);
}

static void config__refuses_a_file_that_everybody_can_write(void **state)
{
    (void)state;
    struct config *config;
    struct refusal why;
    assert_int_equal(read_text(GOOD, strlen(GOOD), 0602, &config, &why), ERR_REFUSED);
    assert_non_null(strstr(why.sentence, "chmod o-w"));
}

static void config__refuses_a_file_without_an_end(void **state)
{
    (void)state;
    static char text[CONFIG_MOST + 1] = GOOD;
    struct config *config;
    struct refusal why;
    memset(text + strlen(GOOD), '#', sizeof text - strlen(GOOD));
    assert_int_equal(read_text(text, sizeof text, 0600, &config, &why), ERR_REFUSED);
    assert_non_null(strstr(why.sentence, "larger than"));
}

static void config__reads_what_is_written(void **state)
{
    (void)state;
    static const char text[] = GOOD "socket-mode: \"0600\"\n";
    struct config *config;
    struct refusal why;
    assert_int_equal(read_text(text, strlen(text), 0600, &config, &why), OK);
    assert_string_equal(config->socket, "/run/conclave/sock");
    assert_string_equal(config->ledger, "/var/lib/conclave/ledger");
    assert_string_equal(config->token.module, "/usr/lib/module.so");
    assert_string_equal(config->token.label, "appliance");
    assert_string_equal(config->token.folder, "/var/lib/conclave/tokens");
    assert_int_equal(config->token.environment_count, 0);
    assert_int_equal(config->pin, PIN_TERMINAL);
    assert_int_equal(config_socket_mode(config), 0600);
    config_free(config);
    config_free(NULL);
}

static void config__reads_variables_and_the_defaults(void **state)
{
    (void)state;
    static const char text[] = "socket: /s\nledger: /l\npin: credential\ntoken:\n  module: /m\n"
                               "  label: a\n  folder: /t\n  environment:\n"
                               "    - {name: SOFTHSM2_CONF, value: /etc/softhsm2.conf}\n"
                               "    - {name: DEBUG2, value: \"1 2\"}\n";
    struct config *config;
    struct refusal why;
    assert_int_equal(read_text(text, strlen(text), 0640, &config, &why), OK);
    assert_int_equal(config->token.environment_count, 2);
    assert_string_equal(config->token.environment[0].name, "SOFTHSM2_CONF");
    assert_string_equal(config->token.environment[1].value, "1 2");
    assert_int_equal(config->pin, PIN_CREDENTIAL);
    assert_int_equal(config_socket_mode(config), 0660);
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config__refuses_a_file_without_a_configuration),
        cmocka_unit_test(config__refuses_a_second_document),
        cmocka_unit_test(config__refuses_each_missing_field),
        cmocka_unit_test(config__refuses_fields_it_does_not_know_or_has_seen),
        cmocka_unit_test(config__refuses_aliases),
        cmocka_unit_test(config__refuses_values_that_cannot_be),
        cmocka_unit_test(config__refuses_modes_that_are_none),
        cmocka_unit_test(config__refuses_variables_that_would_run_something_else),
        cmocka_unit_test(config__refuses_more_variables_than_it_has_room_for),
        cmocka_unit_test(config__refuses_a_file_that_everybody_can_write),
        cmocka_unit_test(config__refuses_a_file_without_an_end),
        cmocka_unit_test(config__reads_what_is_written),
        cmocka_unit_test(config__reads_variables_and_the_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
