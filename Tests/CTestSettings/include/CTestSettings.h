#pragma once

// What `swift test` needs to know about these tests, said before it starts: see CTestSettings.c. There is nothing to call.
