#include "signer/pin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err open_terminal(struct pin *pin, int given, struct refusal *why)
{
    (void)given;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    pin->asks = fd >= 0 && tcgetattr(fd, &pin->before) == 0;
    if (fd >= 0)
        close(fd);
    if (pin->asks)
        return OK;
    return refuse(why, "R19",
        "the PIN is asked at a terminal and there is none: start conclaved "
        "from one, or configure pin: credential or descriptor");
}

static enum err open_credential(struct pin *pin, int given, struct refusal *why)
{
    (void)given;
    char path[PATH_MAX];
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL)
        return refuse(why, "R19",
            "the PIN is a credential and CREDENTIALS_DIRECTORY is not set: "
            "start conclaved by systemd with LoadCredential=conclave-pin");
    int length = snprintf(path, sizeof path, "%s/conclave-pin", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return refuse(why, "R19", "the path of CREDENTIALS_DIRECTORY is too long");
    pin->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
    if (pin->fd < 0)
        return refuse(why, "R19", "cannot open the credential %s: %s", path, strerror(errno));
    return OK;
}

static enum err take_descriptor(struct pin *pin, int given, struct refusal *why)
{
    if (given < 0)
        return refuse(why, "R19", "the PIN is read from a descriptor: say which with --pin-fd");
    if (fcntl(given, F_GETFD) < 0)
        return refuse(why, "R19", "the descriptor of --pin-fd, %d, is not open", given);
    pin->fd = given;
    return OK;
}

enum err pin_open(struct pin *pin, enum pin_source source, int given, struct refusal *why)
{
    static const struct {
        enum pin_source source;
        enum err (*open)(struct pin *pin, int given, struct refusal *why);
    } places[] = {
        {PIN_TERMINAL, open_terminal},
        {PIN_CREDENTIAL, open_credential},
        {PIN_DESCRIPTOR, take_descriptor},
    };
    *pin = (struct pin){.fd = -1};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (places[i].source == source)
            return places[i].open(pin, given, why);
    return refuse(why, "R19", "nothing says where the PIN comes from");
}

void pin_close(struct pin *pin)
{
    if (pin->fd >= 0)
        close(pin->fd);
    pin->fd = -1;
}

void pin_restore_terminal(const struct pin *pin)
{
    if (!pin->asks)
        return;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return;
    tcsetattr(fd, TCSANOW, &pin->before);
    close(fd);
}
