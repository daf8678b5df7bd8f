#include "signer/corridor/channel.h"
