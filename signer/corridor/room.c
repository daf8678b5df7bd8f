#include "signer/corridor/room.h"
