#include "CFaultBarrier.h"
