#pragma once

#include <stdbool.h>

// What `swift test` needs to know about these tests is said before it starts: see CTestSettings.c.

/// Whether the tests are built for ThreadSanitizer or AddressSanitizer.
///
/// What needs a hundred thousand of something, to be seen at all, then takes minutes; there the sanitizer looks for something
/// else, and a few thousand show it.
extern const bool testsAreSanitized;

/// Whether it is ThreadSanitizer.
extern const bool testsAreSanitizedForThreads;

// Makes the calling OS process the parent of whatever its descendants leave behind, as the first of a container is.
void test_adopt_orphans(void);

// Makes a terminal; answers with its near end, and the name of the far one. -1 if there is none to have.
int test_open_terminal(char *name, unsigned long size);
