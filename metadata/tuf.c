#include "metadata/tuf.h"
