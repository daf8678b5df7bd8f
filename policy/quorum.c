#include "policy/quorum.h"
