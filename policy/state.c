#include "policy/state.h"
