#include "tests/unit/attempts.h"

#include "signer/base/key.h"
#include "signer/corridor/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct world world;
static const uint8_t zeros[64];

static bool good_fd(int fd)
{
    return fd >= 0;
}

// ---- what nobody may ----

bool open_outside(void)
{
    return good_fd(open(world.outside, O_RDONLY));
}
bool open_passwd(void)
{
    return good_fd(open("/etc/passwd", O_RDONLY));
}
bool make_outside(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s-new", world.outside);
    return good_fd(open(path, O_WRONLY | O_CREAT, 0600));
}
bool move_outside(void)
{
    return rename(world.inside, world.outside) == 0;
}
bool link_outside(void)
{
    return link(world.outside, "x") == 0;
}
bool new_unix_socket(void)
{
    return good_fd(socket(AF_UNIX, SOCK_STREAM, 0));
}
bool new_inet_socket(void)
{
    return good_fd(socket(AF_INET, SOCK_STREAM, 0));
}
bool connect_somewhere(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(22)};
    return connect(world.pair[0], (struct sockaddr *)&to, sizeof to) == 0;
}
bool bind_somewhere(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "\0abc"};
    return bind(world.pair[0], (struct sockaddr *)&at, sizeof at) == 0;
}
bool send_to_address(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
    return sendto(world.pair[0], "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1;
}
bool run_program(void)
{
    execl("/bin/true", "true", NULL);
    return false;
}
bool new_process(void)
{
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) >= 0;
}
bool new_process_fork(void)
{
    return syscall(SYS_fork) >= 0;
}
bool trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0;
}
bool let_be_traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}
bool signal_parent(void)
{
    return kill(getppid(), 0) == 0;
}
bool signal_other_thread(void)
{
    return syscall(SYS_tgkill, 1, 1, 0) == 0;
}
bool map_executable(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}
bool turn_executable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}
bool become_dumpable(void)
{
    return prctl(PR_SET_DUMPABLE, 1) == 0;
}
bool become_another(void)
{
    return setuid(65534) == 0;
}
bool mount_something(void)
{
    return syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL) == 0;
}
bool use_io_uring(void)
{
    return syscall(SYS_io_uring_setup, 1, NULL) >= 0;
}
bool load_bpf(void)
{
    return syscall(SYS_bpf, 0, NULL, 0) >= 0;
}
bool read_parent_memory(void)
{
    return syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0) >= 0;
}
bool take_fd_of_parent(void)
{
    return syscall(SYS_pidfd_open, getpid(), 0) >= 0;
}
bool accept_client(void)
{
    return good_fd(accept4(world.listener, NULL, NULL, SOCK_CLOEXEC));
}
bool list_folder(void)
{
    char entries[4096];
    return syscall(SYS_getdents64, world.pair[0], entries, sizeof entries) >= 0 ||
           errno == ENOTDIR;
}
bool stat_path(void)
{
    struct stat st;
    return stat("/etc/passwd", &st) == 0;
}
bool change_owner(void)
{
    return fchown(world.pair[0], (uid_t)-1, (gid_t)-1) == 0;
}

// ---- what must work ----

bool talk(void)
{
    char byte = 0;
    return send(world.pair[0], "x", 1, MSG_NOSIGNAL) == 1 &&
           read(world.pair[1], &byte, 1) == 1 && byte == 'x';
}
bool pass_descriptor(void)
{
    uint8_t byte;
    int passed = -1;
    return descriptor_send(world.pair[0], span_text("g"), world.pair[0]) == OK &&
           descriptor_receive(world.pair[1], &byte, 1, &passed) == 1 && passed >= 0 &&
           fcntl(passed, F_SETFL, fcntl(passed, F_GETFL) | O_NONBLOCK) == 0 &&
           close(passed) == 0;
}
static int order(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}
bool live(void)
{
    // Large enough for mmap, for a move, and for qsort to ask for the memory's size.
    size_t size = 4 * 1024 * 1024;
    int *numbers = malloc(size);
    if (numbers == NULL)
        return false;
    for (size_t i = 0; i < size / sizeof *numbers; i++)
        numbers[i] = (int)(size - i);
    qsort(numbers, size / sizeof *numbers, sizeof *numbers, order);
    int *more = realloc(numbers, 4 * size);
    struct timespec now, nap = {0, 1000};
    uint8_t chance[32];
    bool good = more != NULL && clock_gettime(CLOCK_REALTIME, &now) == 0 &&
                nanosleep(&nap, NULL) == 0 && time(NULL) > 0 &&
                syscall(SYS_getrandom, chance, sizeof chance, 0) == sizeof chance &&
                getpid() > 0;
    free(more);
    return good;
}
bool hash_and_verify(void)
{
    // RFC 8032 section 7.1, test 1, and NIST's generator point: keys that are read and used.
    static const char ed25519[] =
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    static const char p256[] =
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    uint8_t raw[KEY_RAW_MOST];
    struct key key;
    struct hash hash = hash_of(span_text("conclave"));
    struct span wrong = span_of(zeros, 64);
    return hex_read(span_text(ed25519), raw, 32) == OK &&
           key_from_raw(KEY_ED25519, span_of(raw, 32), &key) == OK &&
           key_verify(&key, hash_span(&hash), wrong) == ERR_SIGNATURE &&
           hex_read(span_text(p256), raw, 65) == OK &&
           key_from_raw(KEY_P256, span_of(raw, 65), &key) == OK &&
           key_verify(&key, hash_span(&hash), wrong) == ERR_SIGNATURE;
}
bool write_date(void)
{
    struct tm tm;
    char text[32];
    time_t now = 86400 * 365;
    return gmtime_r(&now, &tm) != NULL && timegm(&tm) == now &&
           localtime_r(&now, &tm) != NULL && strftime(text, sizeof text, "%Y", &tm) == 4;
}
bool serve_client(void)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    int waiting = 0, epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN}, came;
    int client = accept4(world.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return good_fd(epoll) && good_fd(client) && good_fd(eventfd(0, EFD_CLOEXEC)) &&
           epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event) == 0 &&
           epoll_wait(epoll, &came, 1, 0) == 1 && ioctl(client, FIONREAD, &waiting) == 0 &&
           waiting == 5 && getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           peer.pid == world.parent;
}
bool keep_file(void)
{
    char path[160], moved[160];
    struct stat st;
    struct statvfs vfs;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    snprintf(path, sizeof path, "%s/new", world.folder);
    snprintf(moved, sizeof moved, "%s/moved", world.folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || pwrite(fd, "abc", 3, 0) != 3 || ftruncate(fd, 32768) != 0)
        return false;
    void *shared = mmap(NULL, 32768, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return shared != MAP_FAILED && munmap(shared, 32768) == 0 &&
           fcntl(fd, F_SETLK, &lock) == 0 && fsync(fd) == 0 && fdatasync(fd) == 0 &&
           fstat(fd, &st) == 0 && st.st_size == 32768 && statvfs(world.folder, &vfs) == 0 &&
           fstatvfs(fd, &vfs) == 0 && access(path, R_OK) == 0 && rename(path, moved) == 0 &&
           unlink(moved) == 0 && close(fd) == 0;
}
bool keep_folder(void)
{
    char path[160];
    snprintf(path, sizeof path, "%s/sub", world.folder);
    int fd = open(world.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char entries[4096];
    return good_fd(fd) && syscall(SYS_getdents64, fd, entries, sizeof entries) > 0 &&
           mkdir(path, 0700) == 0 && rmdir(path) == 0;
}
