#include "proto/refusal.h"
