#pragma once

#include <stdbool.h>

// What `swift test` needs to know about these tests, said before it starts: see CTestSettings.c. There is nothing to call.

/// Whether the tests are built for ThreadSanitizer or AddressSanitizer.
///
/// What needs a hundred thousand of something, to be seen at all, then takes minutes; there the sanitizer looks for something
/// else, and a few thousand show it.
extern const bool testsAreSanitized;

/// Whether it is ThreadSanitizer.
extern const bool testsAreSanitizedForThreads;
