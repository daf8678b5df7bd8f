#include "proto/dsse.h"
