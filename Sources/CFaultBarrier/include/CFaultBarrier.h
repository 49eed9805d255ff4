#pragma once
typedef struct cfb_thread { void *context; int armed; } cfb_thread;
extern __thread cfb_thread cfb_self __attribute__((tls_model("initial-exec")));
static inline void *cfb_context(void) { return cfb_self.context; }
static inline void cfb_set_context(void *c) { cfb_self.context = c; }
static inline void cfb_arm(void) { cfb_self.armed = 1; }
static inline void cfb_disarm(void) { cfb_self.armed = 0; }
