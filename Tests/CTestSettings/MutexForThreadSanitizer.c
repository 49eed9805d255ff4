// ThreadSanitizer sees what is compiled with it. Of Swift's `Mutex` that is the fast half, which is inlined; the slow half,
// for whoever has to wait, lies in a library of the toolchain, so all that stands behind a wait would count as a race. These
// stand in front of the library's functions and say what those do. Where a toolchain names them otherwise, nobody calls them.
#if defined(__linux__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

static void *original(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL) abort();
  return function;
}

SWIFT void lock_slowly(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void lock_slowly(uint32_t thread, SELF) {
  ((SWIFT void (*)(uint32_t, SELF))original(LOCK))(thread, self);
  __tsan_acquire(self);
}

SWIFT bool try_lock_slowly(SELF) __asm__(TRY_LOCK);
SWIFT bool try_lock_slowly(SELF) {
  bool locked = ((SWIFT bool (*)(SELF))original(TRY_LOCK))(self);
  if (locked) __tsan_acquire(self);
  return locked;
}

SWIFT void unlock_slowly(SELF) __asm__(UNLOCK);
SWIFT void unlock_slowly(SELF) {
  __tsan_release(self);
  ((SWIFT void (*)(SELF))original(UNLOCK))(self);
}

#endif
#endif
