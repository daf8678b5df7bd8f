// A showroom: a made-up appliance behind a real socket shows the log, charter, state and blobs of a log
// fixture to a real client. It tells the truth but for one lie. There is one at a time: the
// appliance's threads know no more than their appliance.
#ifndef CONCLAVE_TESTS_UNIT_SHOWROOM_H
#define CONCLAVE_TESTS_UNIT_SHOWROOM_H

#include "tests/unit/client_home.h"
#include "tests/unit/log_fixture.h"

enum lie {
    LIE_NONE,
    LIE_RECORD,     // other bytes for a record
    LIE_LISTED,     // the same, but only among others
    LIE_INDEX,      // another record
    LIE_NO_RECORD,  // an empty page
    LIE_PATH,       // a proof of something else
    LIE_SHORT_PATH, // a proof that holds nothing
    LIE_CHECKPOINT, // signed by nobody we know
    LIE_KIND,       // an answer of another kind
    LIE_GONE,       // the next `about` blobs are not there
};

struct showroom {
    struct appliance appliance;
    struct visitor visitor;
    struct fixture *fixture;
    struct bytes blob;
    struct bytes note;
    enum lie lie;
    uint64_t about; // the record that is lied about
};

extern struct showroom showroom;

// For setup and teardown of a test.
int showroom_make(void **state);
int showroom_clean(void **state);
// Shows the fixture's records from now on, and a client comes to look.
void showroom_show(void);

#endif
