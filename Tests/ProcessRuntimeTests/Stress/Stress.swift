import Testing

/// Tests on the program's own node, with all of its workers: one after the other, for they leave the machine to nobody else.
@Suite("On all workers", .serialized, .timeLimit(.minutes(5)))
enum Stress {}
