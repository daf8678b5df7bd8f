#include "metadata/json.h"
