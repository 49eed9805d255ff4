#define _GNU_SOURCE
#include "CPoller.h"

#if defined(__linux__)

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int cpoller_make(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cpoller_make_bell(int poller, uint64_t number) {
  int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  // Who only looks at the sockets sees it too, and leaves it as it is for the one that sleeps.
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = number};
  if (bell >= 0 && epoll_ctl(poller, EPOLL_CTL_ADD, bell, &event) != 0) {
    close(bell);
    return -1;
  }
  return bell;
}

void cpoller_ring(int bell) {
  uint64_t one = 1;
  // Fails when it has rung 2^64 times, and rings then.
  ssize_t written = write(bell, &one, sizeof one);
  (void)written;
}

void cpoller_hush(int bell) {
  uint64_t count;
  ssize_t read_ = read(bell, &count, sizeof count);
  (void)read_;
}

void cpoller_close(int descriptor) { close(descriptor); }

bool cpoller_add(int poller, int descriptor, uint64_t number) {
  struct epoll_event event = {.events = EPOLLONESHOT, .data.u64 = number};
  return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool cpoller_arm(int poller, int descriptor, uint64_t number, bool reads, bool writes) {
  struct epoll_event event = {
      .events = EPOLLONESHOT | EPOLLRDHUP | (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0),
      .data.u64 = number,
  };
  return epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event) == 0;
}

int cpoller_wait(int poller, struct cpoller_event *events, int count, int milliseconds) {
  struct epoll_event found[16];
  int most = count < 16 ? count : 16;
  int number = epoll_wait(poller, found, most, milliseconds);
  for (int i = 0; i < number; i++) {
    uint32_t what = found[i].events;
    events[i].number = found[i].data.u64;
    events[i].reads = (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    events[i].ends = (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    events[i].writes = (what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
  }
  return number < 0 ? 0 : number;
}

#else

int cpoller_make(void) { return -1; }

int cpoller_make_bell(int poller, uint64_t number) {
  (void)poller, (void)number;
  return -1;
}

void cpoller_ring(int bell) { (void)bell; }

void cpoller_hush(int bell) { (void)bell; }

void cpoller_close(int descriptor) { (void)descriptor; }

bool cpoller_add(int poller, int descriptor, uint64_t number) {
  (void)poller, (void)descriptor, (void)number;
  return false;
}

bool cpoller_arm(int poller, int descriptor, uint64_t number, bool reads, bool writes) {
  (void)poller, (void)descriptor, (void)number, (void)reads, (void)writes;
  return false;
}

int cpoller_wait(int poller, struct cpoller_event *events, int count, int milliseconds) {
  (void)poller, (void)events, (void)count, (void)milliseconds;
  return 0;
}

#endif
