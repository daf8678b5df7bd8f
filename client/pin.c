#include "client/pin.h"

#include "client/conclave.h"
#include "client/fault.h"
#include "client/home.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

// A vkey and its line feed.
enum { FILE_MOST = 256 };

enum err pin_read(int folder, char *origin, struct key *log)
{
    struct bytes file;
    bytes_init(&file, FILE_MOST);
    enum err err = home_read(folder, HOME_VKEY, &file);
    struct span text = bytes_span(&file);
    if (err == OK && (text.size == 0 || text.data[text.size - 1] != '\n'))
        err = ERR_FORM;
    if (err == OK)
        err = vkey_read(span_of(text.data, text.size - 1), origin, log);
    bytes_clear(&file);
    return err;
}

enum err conclave_pinned(const char *home, char *origin, struct key *log)
{
    int folder;
    struct refusal unused;
    enum err err = home_open(home, &folder, &unused);
    if (err != OK)
        return err;
    err = pin_read(folder, origin, log);
    close(folder);
    return err;
}

static enum err pin_write(int folder, struct span vkey)
{
    struct bytes file;
    bytes_init(&file, FILE_MOST);
    bytes_add(&file, vkey);
    bytes_add_u8(&file, '\n');
    enum err err = bytes_finish(&file);
    if (err == OK)
        err = home_write(folder, HOME_VKEY, bytes_span(&file));
    bytes_clear(&file);
    return err;
}

static enum err pin(int folder, const char *home, struct span vkey, struct refusal *refusal)
{
    char origin[LIMIT_ROLE_NAME + 1], pinned_origin[LIMIT_ROLE_NAME + 1];
    struct key log, pinned;
    if (vkey_read(vkey, origin, &log) != OK)
        return fault(ERR_FORM, refusal, "this is not a log's verifier key (ORIGIN+HASH+KEY)");
    enum err err = pin_read(folder, pinned_origin, &pinned);
    if (err == OK && strcmp(origin, pinned_origin) == 0 && hash_equal(&log.id, &pinned.id))
        return OK;
    if (err == OK)
        return fault(ERR_EXISTS, refusal,
            "%s has pinned the log %s already; use another home for another appliance", home,
            pinned_origin);
    if (err == ERR_NOT_FOUND)
        err = pin_write(folder, vkey);
    return err == OK ? OK : fault(err, refusal, "%s/%s: %s", home, HOME_VKEY, err_text(err));
}

enum err conclave_pin(const char *home, struct span vkey, struct refusal *refusal)
{
    int folder;
    enum err err = home_make(home, &folder, refusal);
    if (err != OK)
        return err;
    err = home_lock(folder);
    if (err == OK)
        err = pin(folder, home, vkey, refusal);
    else
        err = fault(err, refusal, "%s: %s", home, strerror(errno));
    close(folder);
    return err;
}
