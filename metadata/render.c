#include "metadata/render.h"
