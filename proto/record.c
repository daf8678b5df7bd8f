#include "proto/record.h"
