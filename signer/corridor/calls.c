#include "signer/corridor/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// Who: one bit a kind of room.
enum {
    GATE = 1 << SANDBOX_GATE,
    KEEPER = 1 << SANDBOX_KEEPER,
    LEDGER = 1 << SANDBOX_LEDGER,
    VAULT = 1 << SANDBOX_VAULT,
    FILES = LEDGER | VAULT,
    NO_FILES = GATE | KEEPER,
    ALL = FILES | NO_FILES
};

struct call {
    int number;
    unsigned who;
};

static const struct call allowed[] = {
    // Neighbours and the end.
    {SCMP_SYS(read), ALL}, {SCMP_SYS(write), ALL}, {SCMP_SYS(readv), ALL},
    {SCMP_SYS(writev), ALL}, {SCMP_SYS(recvmsg), ALL}, // the keeper's new gate comes with one
    {SCMP_SYS(recvfrom), ALL}, {SCMP_SYS(sendmsg), ALL}, {SCMP_SYS(shutdown), ALL},
    {SCMP_SYS(poll), ALL}, {SCMP_SYS(ppoll), ALL}, {SCMP_SYS(close), ALL},
    {SCMP_SYS(fcntl), ALL}, {SCMP_SYS(exit), ALL}, {SCMP_SYS(exit_group), ALL},
    // Memory. mmap and mprotect are below: never executable.
    {SCMP_SYS(brk), ALL}, {SCMP_SYS(munmap), ALL}, {SCMP_SYS(mremap), ALL},
    {SCMP_SYS(madvise), ALL}, {SCMP_SYS(munlock), ALL}, // a secret that is freed
    // Time, chance, locks, signals.
    {SCMP_SYS(clock_gettime), ALL}, {SCMP_SYS(gettimeofday), ALL}, {SCMP_SYS(time), ALL},
    {SCMP_SYS(nanosleep), ALL}, {SCMP_SYS(clock_nanosleep), ALL}, {SCMP_SYS(getrandom), ALL},
    {SCMP_SYS(futex), ALL}, {SCMP_SYS(sched_yield), ALL}, {SCMP_SYS(rt_sigaction), ALL},
    {SCMP_SYS(rt_sigprocmask), ALL}, {SCMP_SYS(rt_sigreturn), ALL},
    {SCMP_SYS(sigaltstack), ALL}, {SCMP_SYS(restart_syscall), ALL},
    {SCMP_SYS(getpid), ALL}, // OpenSSL and SoftHSM ask whether they were forked
    {SCMP_SYS(gettid), ALL}, {SCMP_SYS(sysinfo), ALL}, // qsort(3) asks for the memory's size
    // Clients, by libevent.
    {SCMP_SYS(accept4), GATE}, {SCMP_SYS(epoll_create1), GATE}, {SCMP_SYS(epoll_ctl), GATE},
    {SCMP_SYS(epoll_wait), GATE}, {SCMP_SYS(epoll_pwait), GATE}, {SCMP_SYS(eventfd2), GATE},
    {SCMP_SYS(timerfd_settime), GATE},
    // Files; which ones is Landlock's business.
    {SCMP_SYS(openat), FILES}, {SCMP_SYS(open), FILES}, {SCMP_SYS(lseek), ALL},
    {SCMP_SYS(fstat), ALL}, {SCMP_SYS(stat), FILES}, {SCMP_SYS(lstat), FILES},
    {SCMP_SYS(newfstatat), FILES}, {SCMP_SYS(statx), FILES}, {SCMP_SYS(access), FILES},
    {SCMP_SYS(faccessat), FILES}, {SCMP_SYS(faccessat2), FILES}, {SCMP_SYS(readlink), FILES},
    {SCMP_SYS(readlinkat), FILES}, {SCMP_SYS(getcwd), FILES}, {SCMP_SYS(pread64), FILES},
    {SCMP_SYS(pwrite64), FILES}, {SCMP_SYS(ftruncate), FILES}, {SCMP_SYS(fallocate), FILES},
    {SCMP_SYS(fsync), FILES}, {SCMP_SYS(fdatasync), FILES}, {SCMP_SYS(unlink), FILES},
    {SCMP_SYS(unlinkat), FILES}, {SCMP_SYS(rename), FILES}, {SCMP_SYS(renameat), FILES},
    {SCMP_SYS(renameat2), FILES}, {SCMP_SYS(mkdir), FILES}, {SCMP_SYS(mkdirat), FILES},
    {SCMP_SYS(getdents64), FILES}, {SCMP_SYS(umask), FILES},
    {SCMP_SYS(fchmod), FILES}, // SQLite gives -wal and -shm the database's mode and owner
    {SCMP_SYS(fchown), LEDGER}, {SCMP_SYS(statfs), FILES}, {SCMP_SYS(fstatfs), FILES},
    {SCMP_SYS(getuid), FILES}, {SCMP_SYS(geteuid), FILES}, {SCMP_SYS(getgid), FILES},
    {SCMP_SYS(getegid), FILES}, {SCMP_SYS(rmdir), VAULT}, {SCMP_SYS(flock), VAULT},
    {SCMP_SYS(chmod), VAULT}, {SCMP_SYS(fchmodat), VAULT},
#if defined(CONCLAVE_SANITIZE)
    {SCMP_SYS(pipe2), ALL}, // a report tests with it whether memory can be read
#endif
};

// Allowed only with this argument.
static const struct {
    struct call call;
    struct scmp_arg_cmp argument;
} narrowed[] = {
    {{SCMP_SYS(mmap), ALL}, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}},
    {{SCMP_SYS(mprotect), ALL}, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}},
    {{SCMP_SYS(sendto), ALL}, {4, SCMP_CMP_EQ, 0, 0}}, // to its own neighbour only
    {{SCMP_SYS(newfstatat), NO_FILES}, {3, SCMP_CMP_EQ, AT_EMPTY_PATH, 0}}, // fstat(3)
    {{SCMP_SYS(getsockopt), GATE}, {1, SCMP_CMP_EQ, SOL_SOCKET, 0}},        // SO_PEERCRED
    {{SCMP_SYS(ioctl), GATE}, {1, SCMP_CMP_EQ, FIONREAD, 0}},               // evbuffer_read
};

// What fails instead of killing.
static const struct {
    struct call call;
    int error;
} failing[] = {
    // The PKCS#11 module writes its errors to syslog; a wrong object must not look like an attack.
    {{SCMP_SYS(socket), VAULT}, EACCES},
    // A module that keeps its objects in SQLite gives a journal the database's owner, if it is root.
    {{SCMP_SYS(fchown), VAULT}, EPERM},
#if defined(CONCLAVE_SANITIZE)
    // What a sanitizer tries for its report: the process' map (not by openat), its name.
    {{SCMP_SYS(open), NO_FILES}, EACCES},
    {{SCMP_SYS(readlink), NO_FILES}, EACCES},
#endif
};

static bool add(scmp_filter_ctx filter, enum sandbox_kind kind, const struct call *call,
    uint32_t action, unsigned count, const struct scmp_arg_cmp *arguments)
{
    if ((call->who & 1u << kind) == 0)
        return true;
    return seccomp_rule_add_array(filter, action, call->number, count, arguments) == 0;
}

static bool add_all(scmp_filter_ctx filter, enum sandbox_kind kind)
{
    bool added = true;
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        added = added && add(filter, kind, &allowed[i], SCMP_ACT_ALLOW, 0, NULL);
    for (size_t i = 0; i < sizeof narrowed / sizeof narrowed[0]; i++)
        added = added &&
                add(filter, kind, &narrowed[i].call, SCMP_ACT_ALLOW, 1, &narrowed[i].argument);
    for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++)
        added = added && add(filter, kind, &failing[i].call,
                             SCMP_ACT_ERRNO((uint32_t)failing[i].error), 0, NULL);
    // abort(3) and the stack protector say so with a signal to the process itself.
    const struct call tgkill = {SCMP_SYS(tgkill), ALL};
    const struct scmp_arg_cmp self = {0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0};
    return added && add(filter, kind, &tgkill, SCMP_ACT_ALLOW, 1, &self);
}

enum err calls_restrict(enum sandbox_kind kind)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL)
        return ERR_MEMORY;
    // Optimize 2: a search tree instead of a list, since each call of a room passes here.
    bool loaded =
        seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 && add_all(filter, kind) &&
        seccomp_load(filter) == 0;
    seccomp_release(filter);
    return loaded ? OK : ERR_SYSTEM;
}
