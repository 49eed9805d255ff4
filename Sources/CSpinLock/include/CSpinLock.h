// What a lock of atomic words needs and Swift has no word for.
#pragma once

// The compiler moves nothing over this, not even a retain; it is no instruction.
static inline void csl_keep_order(void) { __asm__ volatile("" ::: "memory"); }
