#include "policy/compile.h"
