#include "proto/text.h"
