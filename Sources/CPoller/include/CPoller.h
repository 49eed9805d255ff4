// Linux's epoll, which the module of libc does not have everywhere, and whose event is laid out in a way of its own.
//
// Elsewhere there is none: `cpoller_make` returns -1. Includes nothing of libc: its types would count as this module's.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A descriptor that is ready for something.
struct cpoller_event {
  // As given to `cpoller_add`.
  uint64_t number;
  // Bytes have come, or the other side has closed, or it has failed.
  bool reads;
  bool writes;
  // The other side sends nothing more, or is gone: told whatever was asked for.
  bool ends;
};

// A new poller; -1 if there is none.
int cpoller_make(void);

// A descriptor that is ready from `cpoller_ring` until `cpoller_hush`; -1 if there is none.
int cpoller_make_bell(int poller, uint64_t number);

void cpoller_ring(int bell);
void cpoller_hush(int bell);

void cpoller_close(int descriptor);

// Watches a descriptor, for nothing yet. False if that cannot be.
bool cpoller_add(int poller, int descriptor, uint64_t number);

// What to tell of next, besides the end of the other side, once: then nothing more until the next call.
bool cpoller_arm(int poller, int descriptor, uint64_t number, bool reads, bool writes);

// Waits until there is something, for `milliseconds` at most; -1: as long as it takes. How many events there are; at most `count`.
int cpoller_wait(int poller, struct cpoller_event *events, int count, int milliseconds);
