#include "signer/base/moment.h"
