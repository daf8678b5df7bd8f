#include "log/checkpoint.h"
