#include "signer/base/key.h"
