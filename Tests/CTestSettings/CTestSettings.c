#include "CTestSettings.h"

#include <stdlib.h>

const bool testsAreSanitizedForThreads = __has_feature(thread_sanitizer);
const bool testsAreSanitized = __has_feature(thread_sanitizer) || __has_feature(address_sanitizer);

// Runs before `main` of the test program. Whoever sets a variable himself is not overruled.
__attribute__((constructor)) static void settings(void) {
  // Swift Testing takes a backtrace of every error thrown, one at a time. These tests throw hundreds of thousands.
  setenv("SWT_SWIFT_ERROR_BACKTRACING_ENABLED", "0", 0);
  // One test at a time: some keep all cores busy on purpose, and others wait by the machine's clock.
  setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "1", 0);
}
