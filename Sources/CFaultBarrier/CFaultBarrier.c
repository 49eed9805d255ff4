#define _GNU_SOURCE
#include "CFaultBarrier.h"

#include <unistd.h>

_Thread_local cfb_thread cfb_self;

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

// What a prepared thread owns, at the upper end of one mapping: [guard page | signal stack | slot]. Handlers push slots and
// look at no other one; whoever takes them takes all: so a slot can be used again, and there is no ABA problem.
typedef struct cfb_slot {
  cfb_record record;
  void *context;
  struct cfb_slot *next;
  uintptr_t stack_low, stack_high;  // the thread's own stack
  stack_t previous_signal_stack;
  atomic_int parking;    // CFB_PARKED: the thread needs neither this mapping nor the free part of its stack any more
  void *mapping;
  size_t mapping_size;
} cfb_slot;

// On its way, and there. The first is for tools that watch memory: they do not see what assembler does.
enum { CFB_PARKING = 1, CFB_PARKED = 2 };

// MARK: The machine

#if defined(__x86_64__)
enum { TRAP_SIGNAL = SIGILL };
static uintptr_t pc_of(const ucontext_t *c) { return (uintptr_t)c->uc_mcontext.gregs[REG_RIP]; }
static uintptr_t sp_of(const ucontext_t *c) { return (uintptr_t)c->uc_mcontext.gregs[REG_RSP]; }
static uintptr_t fp_of(const ucontext_t *c) { return (uintptr_t)c->uc_mcontext.gregs[REG_RBP]; }
// The processor has just decoded this instruction, so it can be read; the second byte only if the first fits.
static bool is_trap_instruction(uintptr_t pc) {
  const volatile uint8_t *code = (const volatile uint8_t *)pc;
  return code[0] == 0x0F && code[1] == 0x0B;  // ud2
}
#else
enum { TRAP_SIGNAL = SIGTRAP };
static uintptr_t pc_of(const ucontext_t *c) { return c->uc_mcontext.pc; }
static uintptr_t sp_of(const ucontext_t *c) { return c->uc_mcontext.sp; }
static uintptr_t fp_of(const ucontext_t *c) { return c->uc_mcontext.regs[29]; }
static bool is_trap_instruction(uintptr_t pc) {
  return *(const volatile uint32_t *)pc == 0xD4200020;  // brk #1
}
#endif

// How much of a stack's end counts as its end: a function may step over the first page.
#define CFB_STACK_GUARD (64u * 1024u)

// How much room a parked thread keeps below its frames.
#define CFB_PARKING_ROOM (16u * 1024u)

// MARK: State of the program

// The signals that faults come as, and what they meant before.
static const int signals[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
enum { SIGNALS = sizeof signals / sizeof *signals };
static struct sigaction previous_actions[SIGNALS];
static atomic_bool installed;
_Atomic(struct cfb_slot *) cfb_published;  // pushed by handlers
// Of all lists of slots but that one: faults to be handed out, threads to be given back, spare slots.
static pthread_mutex_t lists_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int wakeups;             // futex: counts publications

// The runtime's slot for the text of a fatal error, and the code that fills it. Weak: a program may lack it.
extern _Atomic(const char *) *swift_getFatalErrorMessageBuffer(void) __attribute__((weak));
static _Atomic(const char *) *fatal_error_text;
static cfb_image runtime_image;  // libswiftCore, or the program if that is linked statically

static long futex(atomic_int *word, int operation, int value) {
  return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

// MARK: In the signal handler

// Whether the runtime's text for a fault has these words in it.
static bool has_words(const char *text, const char *words) {
  for (; text && *text; text++) {
    size_t n = 0;
    while (words[n] && text[n] == words[n]) n++;
    if (!words[n]) return true;
  }
  return false;
}

// The pages behind the end of the thread's own stack.
static bool is_end_of_stack(const cfb_slot *slot, uintptr_t address) {
  return address >= slot->stack_low - CFB_STACK_GUARD && address < slot->stack_low;
}

// What this fault is. Zero: nothing that we know.
static int judge(int signal, const siginfo_t *info, const ucontext_t *machine) {
  bool sent = info->si_code <= 0;  // by kill, raise or sigqueue, and not by the processor
  switch (signal) {
  case SIGABRT: {
    // abort() sends it to its own thread. Whoever sends it from elsewhere wants the program to end.
    if (info->si_code != SI_TKILL || info->si_pid != getpid()) return 0;
    const char *text = fatal_error_text ? atomic_load(fatal_error_text) : NULL;
    if (has_words(text, "Could not cast")) return CFB_CAST;
    if (has_words(text, "unowned reference")) return CFB_UNOWNED;
    if (has_words(text, "access conflict") || has_words(text, "overlapping accesses")) return CFB_EXCLUSIVITY;
    return CFB_ABORT;
  }
  case SIGSEGV:
  case SIGBUS:
    if (sent) return 0;
    if (is_end_of_stack(cfb_self.slot, (uintptr_t)info->si_addr)) return CFB_STACK_OVERFLOW;
    return (uintptr_t)info->si_addr < 4096 && signal == SIGSEGV && info->si_code != SI_KERNEL ? CFB_NULL_POINTER : 0;
  case SIGFPE:
    return sent ? 0 : CFB_ARITHMETIC;
  default:
    if (sent) return 0;
    if (signal == TRAP_SIGNAL && is_trap_instruction(pc_of(machine))) return CFB_TRAP;
    return signal == SIGILL ? CFB_INSTRUCTION : 0;
  }
}

// Follows the chain of frame pointers. Reads nothing outside the part of the thread's own stack that is in use.
static uint32_t walk(const cfb_slot *slot, const ucontext_t *machine, uintptr_t *frames) {
  uint32_t depth = 0;
  frames[depth++] = pc_of(machine);
  uintptr_t low = sp_of(machine);
  // At the end of the stack the pointer may already be beyond it.
  if (low < slot->stack_low && low >= slot->stack_low - CFB_STACK_GUARD) low = slot->stack_low;
  if (low < slot->stack_low || low >= slot->stack_high) return depth;
  uintptr_t frame = fp_of(machine);
  while (depth < CFB_MAX_FRAMES && frame >= low && frame <= slot->stack_high - 2 * sizeof(uintptr_t)
         && frame % sizeof(uintptr_t) == 0) {
    const uintptr_t *link = (const uintptr_t *)frame;  // { caller's frame, return address }
    if (link[1] == 0) break;
    frames[depth++] = link[1];
    low = frame + 2 * sizeof(uintptr_t);  // the chain must climb
    frame = link[0];
  }
  return depth;
}

// Copies the text the runtime left for this fault, and empties the runtime's slot so that the next fault does not get
// it too. Only a trap inside the runtime, or an abort, has a text; a bare trap elsewhere does not touch it. The slot is one for all
// threads: if a second thread fails before the first one traps, the runtime appends its text, one handler gets both and
// the other none. The text stays allocated, because a thread that is about to append may be reading it.
static void take_message(cfb_kind kind, uintptr_t pc, char *message) {
  message[0] = 0;
  bool in_runtime = pc >= runtime_image.low && pc < runtime_image.high;
  bool aborted = kind == CFB_CAST || kind == CFB_UNOWNED || kind == CFB_EXCLUSIVITY || kind == CFB_ABORT;
  if (!fatal_error_text || !(aborted || (kind == CFB_TRAP && in_runtime))) return;
  const char *text = atomic_exchange(fatal_error_text, NULL);
  if (!text) return;
  size_t n = 0;
  while (n < CFB_MESSAGE_SIZE - 1 && text[n]) {
    message[n] = text[n];
    n++;
  }
  message[n] = 0;
}

// Stays in the handler for ever. Nothing of the thread is unwound, freed or reused; but the signal stack can be given
// back, for the thread leaves it: it waits with its stack pointer below its own frames. There the C library's own signals,
// which cannot be blocked, find room when a program changes its user.
_Noreturn static void park(atomic_int *parking, uintptr_t sp) {
  atomic_store(parking, CFB_PARKING);
#if defined(__x86_64__)
  __asm__ volatile(
      "movq %[sp], %%rsp\n\t"
      "movl $2, (%[flag])\n"
      "1: movl %[pause], %%eax\n\t"
      "syscall\n\t"
      "jmp 1b"
      :
      : [sp] "r"(sp), [flag] "r"(parking), [pause] "i"(SYS_pause)
      : "rax", "rcx", "r11", "memory");
#else
  __asm__ volatile(
      "mov sp, %[sp]\n\t"
      "mov w9, #2\n\t"
      "stlr w9, [%[flag]]\n"
      "1: mov x0, xzr\n\t"
      "mov x1, xzr\n\t"
      "mov x2, xzr\n\t"
      "mov x3, xzr\n\t"
      "mov x8, %[ppoll]\n\t"
      "svc #0\n\t"
      "b 1b"
      :
      : [sp] "r"(sp), [flag] "r"(parking), [ppoll] "i"(SYS_ppoll)
      : "x0", "x1", "x2", "x3", "x8", "x9", "memory");
#endif
  __builtin_unreachable();
}

// Where a parked thread's stack pointer can be: below its frames, if there is room. Zero if there is none.
static uintptr_t parking_place(const cfb_slot *slot, uintptr_t sp) {
  uintptr_t red_zone = 128;  // what a leaf function may use below its stack pointer
  if (sp >= slot->stack_high || sp < slot->stack_low + CFB_PARKING_ROOM) return 0;
  return (sp - red_zone) & ~(uintptr_t)15;
}

_Noreturn static void abandon(cfb_kind kind, const siginfo_t *info, const ucontext_t *machine) {
  cfb_self.armed = 0;  // a fault in here is not ours
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);

  cfb_slot *slot = cfb_self.slot;
  cfb_record *record = &slot->record;
  record->kind = kind;
  record->signal = info->si_signo;
  record->code = info->si_code;
  record->pc = pc_of(machine);
  record->sp = sp_of(machine);
  record->address = (uintptr_t)info->si_addr;
  record->thread = (uintptr_t)slot;
  record->depth = walk(slot, machine, record->frames);
  take_message(kind, record->pc, record->message);
  slot->context = cfb_self.context;

  slot->next = atomic_load(&cfb_published);
  while (!atomic_compare_exchange_weak(&cfb_published, &slot->next, slot)) {}
  cfb_wake();
  uintptr_t place = parking_place(slot, record->sp);
  if (place) park(&slot->parking, place);
  for (;;) pause();
}

// Does what would have happened without us. Our action carries the mask and the SA_NODEFER of the previous one, so its
// handler finds the mask it asked for.
static void chain(int signal, siginfo_t *info, void *context) {
  bool sent = info->si_code <= 0;  // there is no instruction to run into again
  struct sigaction *previous = previous_actions;
  for (int i = 0; i < SIGNALS; i++) {
    if (signals[i] == signal) previous = &previous_actions[i];
  }
  struct sigaction fallback = {.sa_handler = SIG_DFL};
  if (previous->sa_handler == SIG_IGN && sent) return;
  if (previous->sa_handler == SIG_DFL || previous->sa_handler == SIG_IGN) {
    sigaction(signal, &fallback, NULL);
    if (sent) raise(signal);
    return;
  }
  if (previous->sa_flags & (int)SA_RESETHAND) sigaction(signal, &fallback, NULL);
  if (previous->sa_flags & SA_SIGINFO) {
    previous->sa_sigaction(signal, info, context);
  } else {
    previous->sa_handler(signal);
  }
}

static void on_fault(int signal, siginfo_t *info, void *context) {
  if (cfb_self.armed && cfb_self.slot) {
    int kind = judge(signal, info, context);
    if (kind && (cfb_self.armed & CFB_BIT(kind))) abandon((cfb_kind)kind, info, context);
  }
  chain(signal, info, context);
}

// MARK: Outside the signal handler

typedef struct search {
  uintptr_t address;
  cfb_image *out;
} search;

static int look_in_image(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  const search *wanted = context;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    uintptr_t low = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
    if (wanted->address < low || wanted->address - low >= segment->p_memsz) continue;
    *wanted->out = (cfb_image){info->dlpi_addr, low, low + segment->p_memsz, info->dlpi_name};
    if (!info->dlpi_name || !info->dlpi_name[0]) wanted->out->path = "/proc/self/exe";
    return 1;
  }
  return 0;
}

bool cfb_find_image(uintptr_t address, cfb_image *out) {
  search wanted = {address, out};
  return dl_iterate_phdr(look_in_image, &wanted) == 1;
}

static bool take_over(int index) {
  struct sigaction *previous = &previous_actions[index];
  if (sigaction(signals[index], NULL, previous) != 0) return false;
  struct sigaction action = {.sa_sigaction = on_fault};
  action.sa_mask = previous->sa_mask;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | (previous->sa_flags & (int)SA_NODEFER);
  return sigaction(signals[index], &action, NULL) == 0;
}

bool cfb_install(void) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  if (!installed) {
    if (swift_getFatalErrorMessageBuffer) {
      fatal_error_text = swift_getFatalErrorMessageBuffer();
      cfb_find_image((uintptr_t)swift_getFatalErrorMessageBuffer, &runtime_image);
    }
    bool all = true;
    for (int i = 0; i < SIGNALS; i++) all = take_over(i) && all;
    installed = all;
  }
  pthread_mutex_unlock(&lock);
  return installed;
}

bool cfb_is_installed(void) { return installed; }

static bool find_stack(cfb_slot *slot) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
  void *low;
  size_t size;
  bool found = pthread_attr_getstack(&attributes, &low, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!found) return false;
  slot->stack_low = (uintptr_t)low;
  slot->stack_high = (uintptr_t)low + size;
  return true;
}

// Mappings of lost threads, for threads to come: to map memory and to unmap it stops all other threads for a moment.
static cfb_slot *spare_slots;

static cfb_slot *take_spare_slot(void) {
  pthread_mutex_lock(&lists_lock);
  cfb_slot *slot = spare_slots;
  if (slot) spare_slots = slot->next;
  pthread_mutex_unlock(&lists_lock);
  return slot;
}

static cfb_slot *make_slot(void) {
  // 32 KB beyond the kernel's own frame: a chained crash handler runs here too. Only what is touched costs memory.
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t size = (size_t)sysconf(_SC_MINSIGSTKSZ) + 32 * 1024 + sizeof(cfb_slot);
  size = (size + page - 1) / page * page + page;
  char *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) return NULL;
  cfb_slot *slot = (cfb_slot *)(mapping + size - (sizeof(cfb_slot) + 63) / 64 * 64);
  slot->mapping = mapping;
  slot->mapping_size = size;
  if (mprotect(mapping, page, PROT_NONE) == 0) return slot;
  munmap(mapping, size);
  return NULL;
}

bool cfb_thread_prepare(void) {
  if (cfb_self.slot) return true;
  cfb_slot *slot = take_spare_slot();
  if (!slot) slot = make_slot();
  if (!slot) return false;
  atomic_store(&slot->parking, 0);
  char *bottom = (char *)slot->mapping + sysconf(_SC_PAGESIZE);
  stack_t stack = {.ss_sp = bottom, .ss_size = (size_t)((char *)slot - bottom)};
  if (!find_stack(slot) || sigaltstack(&stack, &slot->previous_signal_stack) != 0) {
    munmap(slot->mapping, slot->mapping_size);
    return false;
  }
  cfb_self.slot = slot;
  return true;
}

void cfb_thread_release(void) {
  cfb_slot *slot = cfb_self.slot;
  if (!slot) return;
  cfb_self = (cfb_thread){0};
  sigaltstack(&slot->previous_signal_stack, NULL);
  munmap(slot->mapping, slot->mapping_size);
}

// What the stack of a parked thread has below its innermost frame; and its signal stack, which the next thread can use.
static void give_back(cfb_slot *slot) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t low = (slot->stack_low + page - 1) / page * page;
  uintptr_t high = parking_place(slot, slot->record.sp) / page * page;
  if (low < high) madvise((void *)low, high - low, MADV_DONTNEED);
  slot->next = spare_slots;
  spare_slots = slot;
}

void cfb_give_back_thread(uintptr_t thread) {
  static cfb_slot *waiting;  // for their threads to be parked
  cfb_slot *lost = (cfb_slot *)thread;
  pthread_mutex_lock(&lists_lock);
  // A stack that is used up has no room to park in: that thread needs its signal stack for ever.
  if (parking_place(lost, lost->record.sp)) {
    lost->next = waiting;
    waiting = lost;
  }
  for (cfb_slot **place = &waiting; *place;) {
    cfb_slot *slot = *place;
    if (atomic_load(&slot->parking) == CFB_PARKED) {
      *place = slot->next;
      give_back(slot);
    } else {
      place = &slot->next;
    }
  }
  pthread_mutex_unlock(&lists_lock);
}

int32_t cfb_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

bool cfb_take_fault(cfb_record *out, void **context) {
  static cfb_slot *queue;  // taken from `cfb_published`, the oldest first
  pthread_mutex_lock(&lists_lock);
  cfb_slot *newest = queue ? NULL : atomic_exchange(&cfb_published, NULL);
  while (newest) {
    cfb_slot *slot = newest;
    newest = slot->next;
    slot->next = queue;
    queue = slot;
  }
  cfb_slot *slot = queue;
  if (slot) queue = slot->next;
  pthread_mutex_unlock(&lists_lock);
  if (!slot) return false;
  *out = slot->record;
  *context = slot->context;
  return true;
}

int cfb_wakeups(void) { return atomic_load(&wakeups); }

void cfb_wait(int seen) { futex(&wakeups, FUTEX_WAIT_PRIVATE, seen); }

void cfb_wake(void) {
  atomic_fetch_add(&wakeups, 1);
  futex(&wakeups, FUTEX_WAKE_PRIVATE, INT_MAX);
}

#else

_Atomic(struct cfb_slot *) cfb_published;

bool cfb_install(void) { return false; }
bool cfb_is_installed(void) { return false; }
bool cfb_thread_prepare(void) { return false; }
void cfb_thread_release(void) {}
void cfb_give_back_thread(uintptr_t thread) { (void)thread; }
int32_t cfb_thread_id(void) { return 0; }
bool cfb_take_fault(cfb_record *out, void **context) {
  (void)out;
  (void)context;
  return false;
}
int cfb_wakeups(void) { return 0; }
void cfb_wait(int seen) {
  (void)seen;
  for (;;) pause();
}
void cfb_wake(void) {}
bool cfb_find_image(uintptr_t address, cfb_image *out) {
  (void)address;
  (void)out;
  return false;
}

#endif
