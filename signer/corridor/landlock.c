#include "signer/corridor/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// linux/landlock.h of the build machine may be older than the kernel: the numbers stand here.
#define FS_EXECUTE     (UINT64_C(1) << 0)
#define FS_WRITE_FILE  (UINT64_C(1) << 1)
#define FS_READ_FILE   (UINT64_C(1) << 2)
#define FS_READ_DIR    (UINT64_C(1) << 3)
#define FS_REMOVE_DIR  (UINT64_C(1) << 4)
#define FS_REMOVE_FILE (UINT64_C(1) << 5)
#define FS_MAKE_CHAR   (UINT64_C(1) << 6)
#define FS_MAKE_DIR    (UINT64_C(1) << 7)
#define FS_MAKE_REG    (UINT64_C(1) << 8)
#define FS_MAKE_SOCK   (UINT64_C(1) << 9)
#define FS_MAKE_FIFO   (UINT64_C(1) << 10)
#define FS_MAKE_BLOCK  (UINT64_C(1) << 11)
#define FS_MAKE_SYM    (UINT64_C(1) << 12)
#define FS_REFER       (UINT64_C(1) << 13)
#define FS_TRUNCATE    (UINT64_C(1) << 14)
#define FS_IOCTL_DEV   (UINT64_C(1) << 15)
#define NET_BIND_TCP   (UINT64_C(1) << 0)
#define NET_CONNECT    (UINT64_C(1) << 1)
#define SCOPE_ABSTRACT (UINT64_C(1) << 0)
#define SCOPE_SIGNAL   (UINT64_C(1) << 1)

#define FS_FIRST                                                                               \
    (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_READ_DIR | FS_REMOVE_DIR |                 \
        FS_REMOVE_FILE | FS_MAKE_CHAR | FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SOCK |             \
        FS_MAKE_FIFO | FS_MAKE_BLOCK | FS_MAKE_SYM)
// What a store and a token need below their folder: files and folders, nothing special.
#define FS_FOLDER                                                                              \
    (FS_WRITE_FILE | FS_READ_FILE | FS_READ_DIR | FS_REMOVE_DIR | FS_REMOVE_FILE |             \
        FS_MAKE_DIR | FS_MAKE_REG | FS_REFER | FS_TRUNCATE)

// struct landlock_ruleset_attr as of ABI 6; an older kernel takes the front of it.
struct ruleset {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

// What each version of the interface added (landlock(7), "Landlock ABI").
static const struct {
    struct ruleset added;
    size_t size; // of the ruleset that it knows
} abis[] = {
    {{FS_FIRST, 0, 0}, offsetof(struct ruleset, net)},
    {{FS_REFER, 0, 0}, offsetof(struct ruleset, net)},
    {{FS_TRUNCATE, 0, 0}, offsetof(struct ruleset, net)},
    {{0, NET_BIND_TCP | NET_CONNECT, 0}, offsetof(struct ruleset, scoped)},
    {{FS_IOCTL_DEV, 0, 0}, offsetof(struct ruleset, scoped)},
    {{0, 0, SCOPE_ABSTRACT | SCOPE_SIGNAL}, sizeof(struct ruleset)},
};
enum { ABIS = sizeof abis / sizeof abis[0] };

static int create_ruleset(long abi, struct ruleset *handled)
{
    size_t size = 0;
    *handled = (struct ruleset){0};
    for (long i = 0; i < abi && i < ABIS; i++) {
        handled->fs |= abis[i].added.fs;
        handled->net |= abis[i].added.net;
        handled->scoped |= abis[i].added.scoped;
        size = abis[i].size;
    }
    return (int)syscall(SYS_landlock_create_ruleset, handled, size, 0);
}

static enum err allow_folder(int ruleset, const struct ruleset *handled, const char *folder)
{
    struct landlock_path_beneath_attr below = {.allowed_access = FS_FOLDER & handled->fs};
    below.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (below.parent_fd < 0)
        return ERR_SYSTEM;
    long added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    close(below.parent_fd);
    return added == 0 ? OK : ERR_SYSTEM;
}

enum err landlock_enter(const char *folder)
{
    struct ruleset handled;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return ERR_NOT_FOUND;
    int ruleset = create_ruleset(abi, &handled);
    if (ruleset < 0)
        return ERR_SYSTEM;
    enum err err = folder == NULL ? OK : allow_folder(ruleset, &handled, folder);
    if (err == OK && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                         syscall(SYS_landlock_restrict_self, ruleset, 0) != 0))
        err = ERR_SYSTEM;
    close(ruleset);
    return err;
}
