#include "policy/charter.h"
