#include "policy/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// A PEM of any public key we know has under 820 bytes; a comment in front would be refused anyway.
enum { KEY_FILE_MOST = 4096 };

static bool read_all(int fd, struct bytes *out)
{
    for (;;) {
        uint8_t *room = bytes_room(out, KEY_FILE_MOST - out->size);
        ssize_t got = room == NULL ? -1 : read(fd, room, KEY_FILE_MOST - out->size);
        if (got < 0 && room != NULL && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        bytes_grew(out, (size_t)got);
        if (out->size == KEY_FILE_MOST)
            return true;
    }
}

static enum err open_and_read(
    const char *folder, const char *name, struct bytes *out, struct policy_fault *fault)
{
    char path[PATH_MAX];
    bool absolute = name[0] == '/';
    int size = snprintf(
        path, sizeof path, "%s%s%s", absolute ? "" : folder, absolute ? "" : "/", name);
    if (name[0] == '\0' || size >= (int)sizeof path)
        return policy_fault_say(fault, "This must name a PEM file with a public key.");
    // O_NONBLOCK: a pipe without a writer must not hang the command.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return policy_fault_say(fault,
            "The key file %.200s cannot be opened (%s): put it beside the policy file, or "
            "correct its name.",
            path, strerror(errno));
    bool good = read_all(fd, out);
    int why = errno;
    close(fd);
    if (!good)
        return policy_fault_say(
            fault, "The key file %.200s cannot be read (%s).", path, strerror(why));
    return OK;
}

static enum err key_of(
    struct span pem, const char *name, struct key *out, struct policy_fault *fault)
{
    static const char private[] = "PRIVATE KEY-----";
    struct bytes der;
    bytes_init(&der, KEY_FILE_MOST);
    enum err pem_err = key_pem_der(pem, &der);
    enum err err = pem_err == OK ? key_read(bytes_span(&der), out) : pem_err;
    bytes_clear(&der);
    if (err == OK)
        return OK;
    if (memmem(pem.data, pem.size, private, strlen(private)) != NULL)
        return policy_fault_say(fault,
            "%.200s holds a private key, which belongs on its owner's token: write out the "
            "public key and name that file.",
            name);
    if (pem_err != OK)
        return policy_fault_say(fault,
            "%.200s is not a public key in PEM: it must be one block BEGIN PUBLIC KEY and "
            "nothing else.",
            name);
    if (err == ERR_KEY)
        return policy_fault_say(fault,
            "%.200s holds a key that is never accepted (R16: not on its curve, of small order, "
            "weak, or RSA of another size than 2048, 3072 or 4096 bits or another exponent "
            "than 65537): make a new one.",
            name);
    return policy_fault_say(fault,
        "%.200s holds a key of a type that is not known here: make one of " KEY_TYPES ".",
        name);
}

enum err key_file_read(
    const char *folder, const char *name, struct key *out, struct policy_fault *fault)
{
    struct bytes pem;
    bytes_init(&pem, KEY_FILE_MOST);
    enum err err = open_and_read(folder, name, &pem, fault);
    if (err == OK)
        err = key_of(bytes_span(&pem), name, out, fault);
    bytes_clear(&pem);
    return err;
}
