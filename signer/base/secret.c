#include "signer/base/secret.h"
