#include "signer/corridor/codec.h"
