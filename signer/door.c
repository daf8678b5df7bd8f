#include "signer/door.h"

#include "proto/limits.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

// Whether somebody accepts there. A full queue is an answer too.
static bool is_answered(const struct sockaddr_un *address)
{
    int fd = new_socket();
    if (fd < 0)
        return true;
    int connected = connect(fd, (const struct sockaddr *)address, sizeof *address);
    bool answered = connected == 0 || errno != ECONNREFUSED;
    close(fd);
    return answered;
}

static enum err remove_leftover(const struct sockaddr_un *address, struct refusal *why)
{
    struct stat st;
    if (lstat(address->sun_path, &st) != 0)
        return errno == ENOENT ? OK
                               : refuse(why, "", "cannot look at the socket %s: %s",
                                     address->sun_path, strerror(errno));
    if (!S_ISSOCK(st.st_mode))
        return refuse(why, "", "%s is no socket: remove it, or configure another path",
            address->sun_path);
    if (is_answered(address))
        return refuse(
            why, "", "another conclaved answers on %s: stop it first", address->sun_path);
    if (unlink(address->sun_path) != 0)
        return refuse(
            why, "", "cannot remove the old socket %s: %s", address->sun_path, strerror(errno));
    return OK;
}

static enum err listen_there(
    struct door *door, const struct sockaddr_un *address, mode_t mode, struct refusal *why)
{
    struct stat st;
    // Nobody may connect before the mode is what was configured.
    mode_t before = umask(S_IRWXG | S_IRWXO);
    int bound = bind(door->fd, (const struct sockaddr *)address, sizeof *address);
    umask(before);
    if (bound != 0)
        return refuse(why, "", "cannot make the socket %s: %s", door->path, strerror(errno));
    if (lstat(door->path, &st) != 0 || chmod(door->path, mode) != 0 ||
        listen(door->fd, LIMIT_CLIENTS) != 0)
        return refuse(why, "", "cannot listen on %s: %s", door->path, strerror(errno));
    door->device = st.st_dev;
    door->inode = st.st_ino;
    return OK;
}

enum err door_open(struct door *door, const char *path, mode_t mode, struct refusal *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    *door = (struct door){.fd = -1, .path = path};
    if (strlen(path) >= sizeof address.sun_path)
        return refuse(why, "", "the path of the socket is too long: %s", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    enum err err = remove_leftover(&address, why);
    if (err != OK)
        return err;
    door->fd = new_socket();
    if (door->fd < 0)
        return refuse(why, "", "cannot make a socket: %s", strerror(errno));
    err = listen_there(door, &address, mode, why);
    if (err != OK)
        door_close(door);
    return err;
}

void door_close(struct door *door)
{
    struct stat st;
    if (door->fd < 0)
        return;
    if (door->inode != 0 && lstat(door->path, &st) == 0 && st.st_dev == door->device &&
        st.st_ino == door->inode)
        unlink(door->path);
    close(door->fd);
    door->fd = -1;
}
