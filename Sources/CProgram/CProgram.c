#define _GNU_SOURCE
#include "CProgram.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

bool cprogram_is_sent(const void *info) { return info != NULL && ((const siginfo_t *)info)->si_code <= 0; }

int cprogram_sender(const void *info) { return cprogram_is_sent(info) ? ((const siginfo_t *)info)->si_pid : 0; }

bool cprogram_is_ignored(int signal) {
  struct sigaction action;
  return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

#if defined(__linux__)

#include <sys/prctl.h>

char **cprogram_environment(void) { return environ; }

bool cprogram_on_end_of_parent(int signal) {
  return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL) == 0;
}

#else

char **cprogram_environment(void) { return NULL; }

bool cprogram_on_end_of_parent(int signal) {
  (void)signal;
  return false;
}

#endif
