#define _GNU_SOURCE
#include "CTestSettings.h"

#include <stdlib.h>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/prctl.h>

void test_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL); }

int test_open_terminal(char *name, unsigned long size) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) return -1;
  return ptsname_r(terminal, name, size) == 0 ? terminal : -1;
}
#else
void test_adopt_orphans(void) {}

int test_open_terminal(char *name, unsigned long size) { return -1; }
#endif

const bool testsAreSanitizedForThreads = __has_feature(thread_sanitizer);
const bool testsAreSanitized = __has_feature(thread_sanitizer) || __has_feature(address_sanitizer);

// Runs before `main` of the test program. Whoever sets a variable himself is not overruled.
__attribute__((constructor)) static void settings(void) {
  // Swift Testing takes a backtrace of every error thrown, one at a time. These tests throw hundreds of thousands.
  setenv("SWT_SWIFT_ERROR_BACKTRACING_ENABLED", "0", 0);
  // One test at a time: some keep all cores busy on purpose, and others wait by the machine's clock.
  setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "1", 0);
}
