#pragma once
#include <stddef.h>

/// Bytes that the program has allocated and not freed: what `erlang:memory(total)` is to the BEAM.
size_t bench_malloc_in_use(void);
