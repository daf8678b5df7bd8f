#include "signer/base/hash.h"
