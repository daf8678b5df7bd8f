#include "metadata/judge.h"
