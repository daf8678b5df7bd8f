#include "signer/corridor/sandbox.h"
