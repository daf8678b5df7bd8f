#include "signer/base/cursor.h"
