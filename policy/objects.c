#include "policy/objects.h"
