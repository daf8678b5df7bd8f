// What `custom` of an image says in an `uptane` repository (formats reference, sections 2 and 3). In
// `tuf` it is any object, and nobody reads it here.
//
//   image     {"hardwareIds":[…],"name","releaseCounter","targetFormat","uri","version"}, each of
//             which may be absent; other fields are passed over here, and shown completely
//   director  {"ecuIdentifiers":{SERIAL:{"hardwareId"}},"releaseCounter","uri"}, the first of which
//             must be there, and no other field
#ifndef CONCLAVE_METADATA_CUSTOM_H
#define CONCLAVE_METADATA_CUSTOM_H

#include "metadata/tuf.h"

struct custom {
    struct span hardware_ids; // the array's bytes, or empty
    struct span ecus;         // the bytes of the object of ECUs, or empty
    int64_t release_counter;  // -1 when absent
};

// Reads one image's custom, which tuf_read has passed. ERR_REFUSED by the rule that is broken, with a
// sentence that names the image.
enum err must_check custom_read(enum repository_kind kind, const struct tuf_target *target,
    struct custom *out, struct refusal *refusal);

// Visits the hardware ids of an image, and the ECUs of a Director's, in file order; false at the end.
// Only for what custom_read has passed.
struct custom_list {
    struct json json;
};
struct custom_list custom_hardware_ids(const struct custom *custom);
bool custom_next_hardware_id(struct custom_list *list, struct span *id);
struct custom_list custom_ecus(const struct custom *custom);
bool custom_next_ecu(struct custom_list *list, struct span *serial, struct span *hardware_id);
bool custom_has_hardware_id(const struct custom *custom, struct span id);

#endif
