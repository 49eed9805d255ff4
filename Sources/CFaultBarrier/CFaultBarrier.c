#include "CFaultBarrier.h"
__thread cfb_thread cfb_self;
