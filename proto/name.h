// Names: of persons, groups, requesters, repositories and roles. Short, ASCII, without anything
// that a terminal, a path or a text of ours would take for something else.
#ifndef CONCLAVE_PROTO_NAME_H
#define CONCLAVE_PROTO_NAME_H

#include "signer/base/bytes.h"

// [a-zA-Z0-9_-][a-zA-Z0-9_.-]{0,49} (LIMIT_NAME), and not the word none.
bool name_is_good(struct span name);
// NAME/NAME: a repository and its role.
bool role_name_is_good(struct span name);
// What an item is called: its role, and for a vehicle NAME/targets@NAME (snapshot, timestamp).
bool item_name_is_good(struct span name);
// Whether an item of this name is the role's: it is called like it, or like it for a vehicle.
bool item_is_of(const char *item, const char *role);
// The vehicle behind the `@`; NULL when the item names none.
const char *item_vehicle(const char *item);
// A log's origin (C2SP signed-note key name): 1 to LIMIT_ROLE_NAME bytes of 21 to 7E without `+`,
// and not the word none.
bool origin_is_good(struct span origin);

#endif
