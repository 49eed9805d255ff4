// The async-signal-safe part of fault containment: a thread that faults while it is armed for that kind of fault is
// abandoned in place. Its signal handler publishes a record and never returns. Everything else goes to the previous
// handler.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CFB_MAX_FRAMES = 64, CFB_MESSAGE_SIZE = 512 };

// What happened.
typedef enum cfb_kind {
  CFB_TRAP = 1,        // a trap instruction
  CFB_CAST,            // the runtime gave up a cast (as!)
  CFB_UNOWNED,         // a dead object was reached over an unowned reference
  CFB_STACK_OVERFLOW,
  CFB_EXCLUSIVITY,     // two accesses to one variable, one of which modifies it
  CFB_ABORT,           // abort(), by C or by the runtime for another reason
  CFB_NULL_POINTER,
  CFB_ARITHMETIC,      // SIGFPE
  CFB_INSTRUCTION,     // an instruction that does not exist
} cfb_kind;

// A thread is armed for kinds of faults: one bit for each.
#define CFB_BIT(kind) (1 << (kind))

// What the handler saw.
typedef struct cfb_record {
  cfb_kind kind;
  int signal;
  int code;  // si_code
  uintptr_t pc;
  uintptr_t sp;
  uintptr_t address;  // si_addr
  uint32_t depth;     // how many of `frames` are filled
  uintptr_t frames[CFB_MAX_FRAMES];  // [0] is `pc`, the rest return addresses, innermost first
  char message[CFB_MESSAGE_SIZE];    // the Swift runtime's text, or ""
  uintptr_t thread;                  // for `cfb_give_back_thread`
} cfb_record;

// What the library knows of the current thread. All zero on a thread that never called `cfb_thread_prepare`.
// Kept to three words: initial-exec thread-local storage is scarce when the library is loaded with dlopen.
typedef struct cfb_thread {
  void *context;
  volatile int armed;  // CFB_BIT of each kind that it is to be abandoned for
  struct cfb_slot *slot;
} cfb_thread;

#if defined(__linux__)
#define CFB_TLS __attribute__((tls_model("initial-exec")))
#else
#define CFB_TLS
#endif
extern _Thread_local cfb_thread cfb_self CFB_TLS;

// The accessors below are for synchronous code that is not inlined into an async function: the optimiser may keep the
// address of a thread-local variable over a suspension point, and write to another thread's.

static inline void *cfb_context(void) { return cfb_self.context; }
static inline void cfb_set_context(void *context) { cfb_self.context = context; }

// Between `cfb_arm` and `cfb_disarm` a fault of these kinds abandons this thread. The fences keep the compiler (no other
// thread looks) from moving the caller's memory accesses over them.
static inline void cfb_arm(int kinds) {
  cfb_self.armed = kinds;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline void cfb_disarm(void) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  cfb_self.armed = 0;
}

// For loops that wait: the processor may spend its time on something else for a moment.
static inline void cfb_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

static inline int cfb_armed(void) { return cfb_self.armed; }

// Takes over the signals of faults, keeping the previous handlers for what is not contained. Idempotent. False where
// containment is not supported.
bool cfb_install(void);
bool cfb_is_installed(void);

// Gives this thread a record and a signal stack of its own. Idempotent. False if there is no memory or no support;
// the thread then crashes as without the library.
bool cfb_thread_prepare(void);

// Undoes `cfb_thread_prepare`; to be called before a prepared thread ends.
void cfb_thread_release(void);

// Gives back memory of an abandoned thread that nobody can reach any more: its signal stack, and what its stack has had
// below its innermost frame. The frames themselves stay, for other threads may have pointers into them. Once for each fault.
void cfb_give_back_thread(uintptr_t thread);

// The current thread, as the kernel's scheduler knows it. Zero where that cannot be said.
int32_t cfb_thread_id(void);

// Copies the record of a thread that has faulted, the oldest first, and the context it had. A fault is handed out once.
// False if there is none.
bool cfb_take_fault(cfb_record *out, void **context);

// For who waits for faults: how many wake-ups there have been; waits until there are more; makes one.
int cfb_wakeups(void);
void cfb_wait(int seen);
void cfb_wake(void);

// Whether a fault waits to be taken. For those who pass by often: one load.
extern _Atomic(struct cfb_slot *) cfb_published;
static inline bool cfb_has_fault(void) { return __c11_atomic_load(&cfb_published, __ATOMIC_RELAXED) != 0; }

// The program or library whose code an address lies in.
typedef struct cfb_image {
  uintptr_t base;          // what to subtract from an address to find it in the file
  uintptr_t low, high;     // the segment of code around the address
  const char *path;        // "/proc/self/exe" for the program; valid while the image is loaded
} cfb_image;

// Not for signal handlers. False for an address in no image.
bool cfb_find_image(uintptr_t address, cfb_image *out);
