#include "signer/base/bytes.h"
