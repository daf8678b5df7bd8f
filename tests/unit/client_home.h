// A client of a made-up appliance with a home of its own, which has pinned that appliance's log.
#ifndef CONCLAVE_TESTS_UNIT_CLIENT_HOME_H
#define CONCLAVE_TESTS_UNIT_CLIENT_HOME_H

#include "client/conclave.h"
#include "client/home.h"
#include "tests/unit/appliance_fixture.h"
#include "tests/unit/folder.h"

struct visitor {
    char home[FOLDER_NAME];
    struct conclave *conclave;
};

static inline void visitor_open(struct visitor *visitor, const struct appliance *appliance)
{
    struct refusal refusal;
    assert_int_equal(
        conclave_open(appliance->path, visitor->home, &visitor->conclave, &refusal), OK);
}

static inline void visitor_make(struct visitor *visitor, const struct appliance *appliance)
{
    struct refusal refusal;
    struct bytes vkey;
    bytes_init(&vkey, 256);
    appliance_vkey(appliance, &vkey);
    folder_make(visitor->home);
    assert_int_equal(conclave_pin(visitor->home, bytes_span(&vkey), &refusal), OK);
    bytes_clear(&vkey);
    visitor_open(visitor, appliance);
}

static inline void visitor_clear(struct visitor *visitor)
{
    conclave_close(visitor->conclave);
    folder_remove(visitor->home);
}

// A file of the home must be these bytes; NULL data: there is none.
static inline void visitor_keeps(
    const struct visitor *visitor, const char *name, struct span expected)
{
    struct refusal refusal;
    struct bytes content;
    int folder;
    bytes_init(&content, LIMIT_CHECKPOINT);
    assert_int_equal(home_open(visitor->home, &folder, &refusal), OK);
    enum err err = home_read(folder, name, &content);
    assert_int_equal(err, expected.data == NULL ? ERR_NOT_FOUND : OK);
    if (expected.data != NULL)
        assert_true(span_equal(bytes_span(&content), expected));
    close(folder);
    bytes_clear(&content);
}

#endif
