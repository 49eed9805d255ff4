// What libc keeps from Swift: a function with variable arguments, a field of a union that each libc names differently, and
// a global that may change.
//
// Includes nothing of libc: its types would count as this module's, for whoever imports both.
#pragma once

#include <stdbool.h>

// Whether a process has sent the signal (a `siginfo_t *`), and not the system (a key pressed at the terminal).
//
// Safe in a signal handler, as is the next.
bool cprogram_is_sent(const void *info);

// The process that has sent the signal; 0 if none has.
int cprogram_sender(const void *info);

// Whether a signal is ignored here; then it is by the programs that this one starts.
bool cprogram_is_ignored(int signal);

// The environment as it is now; NULL where it is not asked for.
char **cprogram_environment(void);

// Lets the system send this process a signal when the thread that has started it ends; false if it cannot.
bool cprogram_on_end_of_parent(int signal);
