#include "log/merkle.h"
