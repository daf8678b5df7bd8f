#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/conclave.h"
#include "client/home.h"
#include "tests/unit/folder.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The example key of golang.org/x/mod/sumdb/note.
static const char vkey_one[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char vkey_other[] = "log.example/other+deadbeef+AQ==";

struct place_for_home {
    char folder[FOLDER_NAME];
    char home[FOLDER_NAME + 8];
};

static void make(struct place_for_home *place)
{
    folder_make(place->folder);
    snprintf(place->home, sizeof place->home, "%s/home", place->folder);
}

static void clear(struct place_for_home *place)
{
    if (access(place->home, F_OK) == 0)
        folder_remove(place->home);
    folder_remove(place->folder);
}

static unsigned mode_of(const char *folder, const char *name)
{
    char path[2 * FOLDER_NAME];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(lstat(path, &status), 0);
    return status.st_mode & 07777;
}

static void write_file(const char *folder, const char *name, const char *content)
{
    char path[2 * FOLDER_NAME];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static enum err pin(const char *home, const char *vkey)
{
    struct refusal refusal = {0};
    enum err err = conclave_pin(home, span_text(vkey), &refusal);
    // What fails says why.
    assert_int_equal(err == OK, refusal.sentence[0] == 0);
    return err;
}

static enum err pinned(const char *home, char *origin)
{
    struct key log;
    return conclave_pinned(home, origin, &log);
}

static void home__is_not_made_up(void **state)
{
    (void)state;
    struct place_for_home place;
    char origin[LIMIT_ROLE_NAME + 1];
    make(&place);
    assert_int_equal(pinned(place.home, origin), ERR_NOT_FOUND);
    assert_int_equal(mkdir(place.home, 0700), 0);
    assert_int_equal(pinned(place.home, origin), ERR_NOT_FOUND);
    clear(&place);
}

static void home__does_not_pin_what_is_no_key(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "log.example", vkey_other,
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n"};
    struct place_for_home place;
    char origin[LIMIT_ROLE_NAME + 1];
    make(&place);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(pin(place.home, bad[i]), ERR_FORM);
    assert_int_equal(pinned(place.home, origin), ERR_NOT_FOUND);
    clear(&place);
}

static void home__pins_one_log_for_ever(void **state)
{
    (void)state;
    struct place_for_home place;
    char origin[LIMIT_ROLE_NAME + 1];
    struct key log;
    make(&place);
    assert_int_equal(pin(place.home, vkey_one), OK);
    assert_int_equal(conclave_pinned(place.home, origin, &log), OK);
    assert_string_equal(origin, "PeterNeumann");
    assert_int_equal(log.type, KEY_ED25519);
    assert_int_equal(pin(place.home, vkey_one), OK);

    struct bytes other;
    bytes_init(&other, 256);
    vkey_write("log.example/other", &log, &other);
    bytes_add_u8(&other, 0);
    assert_int_equal(pin(place.home, (const char *)other.data), ERR_EXISTS);
    bytes_clear(&other);
    assert_int_equal(conclave_pinned(place.home, origin, &log), OK);
    assert_string_equal(origin, "PeterNeumann");
    clear(&place);
}

static void home__is_for_its_owner_alone(void **state)
{
    (void)state;
    struct place_for_home place;
    make(&place);
    umask(0);
    assert_int_equal(pin(place.home, vkey_one), OK);
    umask(022);
    assert_int_equal(mode_of(place.home, "."), 0700);
    assert_int_equal(mode_of(place.home, HOME_VKEY), 0600);
    clear(&place);
}

static void home__is_refused_when_others_may_write_there(void **state)
{
    (void)state;
    static const mode_t bad[] = {0720, 0702, 0777};
    struct place_for_home place;
    char origin[LIMIT_ROLE_NAME + 1];
    make(&place);
    assert_int_equal(pin(place.home, vkey_one), OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(chmod(place.home, bad[i]), 0);
        assert_int_equal(pinned(place.home, origin), ERR_SYSTEM);
        assert_int_equal(pin(place.home, vkey_one), ERR_SYSTEM);
    }
    assert_int_equal(chmod(place.home, 0755), 0);
    assert_int_equal(pinned(place.home, origin), OK);
    clear(&place);
}

static void home__does_not_believe_a_damaged_pin(void **state)
{
    (void)state;
    struct place_for_home place;
    char origin[LIMIT_ROLE_NAME + 1], twice[2 * sizeof vkey_one + 2], cut[sizeof vkey_one];
    make(&place);
    assert_int_equal(pin(place.home, vkey_one), OK);
    snprintf(twice, sizeof twice, "%s\n%s\n", vkey_one, vkey_one);
    snprintf(cut, sizeof cut, "%.40s\n", vkey_one);
    const char *const bad[] = {"", "\n", vkey_one, twice, cut};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(place.home, HOME_VKEY, bad[i]);
        assert_int_equal(pinned(place.home, origin), ERR_FORM);
        assert_int_equal(pin(place.home, vkey_one), ERR_FORM);
    }
    clear(&place);
}

static void home__follows_no_link(void **state)
{
    (void)state;
    struct place_for_home place;
    char origin[LIMIT_ROLE_NAME + 1], target[2 * FOLDER_NAME], link[2 * FOLDER_NAME];
    make(&place);
    assert_int_equal(mkdir(place.home, 0700), 0);
    write_file(place.folder, "elsewhere", vkey_one);
    snprintf(target, sizeof target, "%s/elsewhere", place.folder);
    snprintf(link, sizeof link, "%s/%s", place.home, HOME_VKEY);
    assert_int_equal(symlink(target, link), 0);
    assert_int_equal(pinned(place.home, origin), ERR_SYSTEM);
    clear(&place);
}

static void home__replaces_a_file_whole(void **state)
{
    (void)state;
    struct place_for_home place;
    struct refusal refusal;
    struct bytes read;
    int folder;
    make(&place);
    bytes_init(&read, 64);
    assert_int_equal(home_make(place.home, &folder, &refusal), OK);
    assert_int_equal(home_lock(folder), OK);
    assert_int_equal(home_read(folder, "a", &read), ERR_NOT_FOUND);
    // What an earlier writer left unfinished is no obstacle and never read.
    write_file(place.home, "unfinished", "left over by one that was killed, and much longer");
    assert_int_equal(home_write(folder, "a", span_text("first and longer")), OK);
    assert_int_equal(home_write(folder, "a", span_text("second")), OK);
    assert_int_equal(home_read(folder, "a", &read), OK);
    assert_true(span_is(bytes_span(&read), "second"));
    assert_int_equal(faccessat(folder, "unfinished", F_OK, 0), -1);

    bytes_clear(&read);
    bytes_init(&read, 5);
    assert_int_equal(home_read(folder, "a", &read), ERR_LIMIT);
    bytes_clear(&read);
    close(folder);
    clear(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(home__is_not_made_up),
        cmocka_unit_test(home__does_not_pin_what_is_no_key),
        cmocka_unit_test(home__pins_one_log_for_ever),
        cmocka_unit_test(home__is_for_its_owner_alone),
        cmocka_unit_test(home__is_refused_when_others_may_write_there),
        cmocka_unit_test(home__does_not_believe_a_damaged_pin),
        cmocka_unit_test(home__follows_no_link),
        cmocka_unit_test(home__replaces_a_file_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
