// The real conclave-vault program over a token on a disk with little room: a keys motion is carried
// out, or ends with a sentence, and the house goes on (R18). The token's folder lies on a small disk
// of this process alone.
#include "tests/unit/vault_house.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAGE = 4096, MOST_PAGES = 40, KEYS = 3 };

static char disk[] = "/tmp/conclave-disk-XXXXXX";
static char filler[sizeof disk + sizeof "/filler"];

static bool mount_small_disk(void)
{
    return unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", disk, "tmpfs", 0, "size=4m") == 0;
}

// Tried by another process first: where it fails half-way (in a chroot), this one stays as it is.
static bool moves_to_small_disk(void)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(mount_small_disk() ? 0 : 1);
    if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 && mount_small_disk())
        return true;
    print_message("no small disk can be mounted here: a full token is not tried\n");
    return false;
}

// Fills the disk but for so many pages; the vault's journal has its own already.
static void leave_room(unsigned pages)
{
    struct statvfs left;
    int fd = open(filler, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fstatvfs(fd, &left), 0);
    off_t size = (off_t)left.f_bavail * (off_t)left.f_frsize - (off_t)pages * PAGE;
    assert_int_equal(posix_fallocate(fd, 0, size), 0);
    close(fd);
}

static void make_order(struct house *house)
{
    struct keys_motion keys = {.make_count = KEYS};
    for (size_t i = 0; i < KEYS; i++) {
        snprintf(keys.make[i].role, LIMIT_ROLE_NAME + 1, "image/targets");
        keys.make[i].type = i == 0 ? KEY_RSA2048 : KEY_P256;
    }
    struct wish wish = house_keys(house, &keys);
    house_make(house, &wish, BY_ALICE | BY_CAROL);
}

static enum message_kind hear_any(struct house *house)
{
    struct pollfd ready = {.fd = house->up.fd, .events = POLLIN};
    enum err err;
    while ((err = channel_take(&house->up, &house->heard)) == ERR_AGAIN) {
        assert_int_equal(poll(&ready, 1, HOUSE_WAIT_MS), 1);
        assert_int_equal(channel_fill(&house->up), OK);
    }
    assert_int_equal(err, OK);
    return house->heard.kind;
}

static void check_refusal(const struct house *house)
{
    char sentence[512];
    struct span said = house->heard.refused.sentence;
    snprintf(sentence, sizeof sentence, "%.*s", (int)said.size, (const char *)said.data);
    assert_int_equal(house->heard.kind, ANSWER_REFUSED);
    assert_true(span_is(house->heard.refused.rule, "R18"));
    assert_non_null(strstr(sentence, "The token does not make these keys"));
    assert_non_null(strstr(sentence, "See that it works and has room"));
}

static void carry_out(struct house *house)
{
    assert_int_equal(house->heard.kind, VAULT_JUDGED);
    bytes_reset(&house->next_state);
    bytes_add(&house->next_state, house->heard.judged.state);
    house_keep(house, bytes_span(&house->order));
    house_durable(house);
    house_execute(house, &house->next_state);
    assert_int_equal(house_done(house, "conclave/keys", 1, true)->made_count, KEYS);
}

static void vault__r18_a_keys_motion_without_room_ends_and_the_house_goes_on(void **state)
{
    struct house *house = *state;
    unsigned refused = 0;
    bool carried = false;
    house_found(house);
    size_t keys = house_count_keys(house);
    house_serve(house);
    for (unsigned pages = 0; !carried && pages < MOST_PAGES; pages++) {
        make_order(house);
        leave_room(pages);
        house_say_order(house, VAULT_JUDGE);
        carried = hear_any(house) == VAULT_JUDGED;
        if (carried) {
            carry_out(house);
        } else {
            check_refusal(house);
            refused++;
        }
        unlink(filler);
        house_sign(house, pages + 1);
    }
    print_message("refused with less than %u pages\n", refused);
    assert_true(refused > 0 && carried);
    house_stop(house);
    assert_int_equal(house_count_keys(house), keys + KEYS);
    house_serve(house);
    house_stop(house);
    assert_int_equal(house_count_keys(house), keys + KEYS);
    assert_int_equal(house_count_publics(house), keys + KEYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            vault__r18_a_keys_motion_without_room_ends_and_the_house_goes_on, house_set_up,
            house_tear_down),
    };
    if (mkdtemp(disk) == NULL)
        return 1;
    snprintf(filler, sizeof filler, "%s/filler", disk);
    bool moved = moves_to_small_disk();
    int failed = 0;
    if (moved && setenv("TMPDIR", disk, 1) == 0)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (moved)
        umount2(disk, MNT_DETACH);
    rmdir(disk);
    return failed;
}
