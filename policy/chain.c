#include "policy/chain.h"
