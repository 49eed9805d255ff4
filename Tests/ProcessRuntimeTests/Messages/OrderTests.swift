@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionTesting
import Testing

@Suite("Order of signals", .timeLimit(.minutes(5)))
struct OrderTests {
  @Test("SIG-1, SIG-4, ALI-10: by id, by name and through an alias, one sender's messages keep one order")
  func acrossForms() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let name = ProcessName<Int>("receiver")
      let results = Probe<[Int]>()
      let aliases = Probe<ProcessAlias<Int>>()
      let receiver = spawn(receiving: Int.self) { inbox in
        try name.register(inbox.ref)
        aliases.ref.send(inbox.alias())
        var numbers: [Int] = []
        for _ in 0..<99 { numbers.append(try await inbox.next()) }
        results.ref.send(numbers)
      }
      let alias = try await aliases.next()
      let ref = ProcessRef<Int>(unsafelyTyped: receiver)
      for number in 0..<33 {
        ref.send(3 * number)
        name.send(3 * number + 1)
        alias.send(3 * number + 2)
        if Bool.random() { try await CurrentProcess.sleep(for: .zero) }
      }
      try await results.expect(Array(0..<99))
    }
  }

  @Test("SIG-1: messages, exits and down signals of one sender keep one order")
  func acrossKinds() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let results = Probe<[String]>()
      let receiver = spawn(receiving: Int.self) { inbox in
        CurrentProcess.trapsExits = true
        var seen: [String] = []
        for _ in 0..<5 {
          switch try await inbox.receive() {
          case .message(let number): seen.append("\(number)")
          case .signal(let signal): seen.append(signal.text)
          }
        }
        results.ref.send(seen)
      }
      try await node.settle()
      let ref = ProcessRef<Int>(unsafelyTyped: receiver)
      spawn {
        ref.send(1)
        receiver.exit(.timeout)
        ref.send(2)
        try CurrentProcess.link(receiver)
        ref.send(3)
        throw ExitReason.shutdown
      }
      try await results.expect(["1", "exit timeout", "2", "3", "exit shutdown"])
    }
  }

  @Test("SIG-3, SIG-6: what a process has sent before its end stands before the news of its end")
  func deathIsLast() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let name = ProcessName<Int>("collector")
      let results = Probe<[String]>()
      spawn(receiving: Int.self) { inbox in
        CurrentProcess.trapsExits = true
        try name.register(inbox.ref)
        let ref = inbox.ref
        let alias = inbox.alias()
        try spawn([.link, .monitor]) {
          ref.send(1)
          name.send(2)
          alias.send(3)
          throw ExitReason.shutdown
        }
        var seen: [String] = []
        for _ in 0..<5 {
          switch try await inbox.receive() {
          case .message(let number): seen.append("\(number)")
          case .signal(let signal): seen.append(signal.text)
          }
        }
        results.ref.send(seen)
      }
      try await results.expect(["1", "2", "3", "exit shutdown", "down shutdown"])
    }
  }

  @Test("SIG-7: a selective receive takes the first match and leaves the rest in place")
  func selective() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let results = Probe<[Int]>()
      let process = spawn(receiving: Int.self) { inbox in
        var seen = [try await inbox.next { $0 == 7 }, try await inbox.next { $0.isMultiple(of: 2) }]
        for _ in 0..<8 { seen.append(try await inbox.next()) }
        results.ref.send(seen)
      }
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      for number in 0..<10 {
        ref.send(number)
        if Bool.random() { try await CurrentProcess.sleep(for: .zero) }
      }
      try await results.expect([7, 0, 1, 2, 3, 4, 5, 6, 8, 9])
    }
  }

  @Test("SIG-7: waiting for one message among very many looks at each of them once")
  func selectiveIsLinear() async throws {
    try await withTestNode { node in
      let asked = Journal<Int>()
      let results = Probe<Int>()
      let process = spawn(receiving: Int.self) { inbox in
        results.ref.send(
          try await inbox.next { number in
            asked.note(number)
            return number < 0
          })
      }
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      for number in 0..<1_000 {
        ref.send(number)
        if number % 10 == 0 { try await node.settle() }
      }
      ref.send(-1)
      try await results.expect(-1)
      #expect(asked.entries.count <= 2 * 1_001)
    }
  }

  @Test("SIG-7: what a selective receive asks may itself look at the process and take signals out")
  func reentrantSelection() async throws {
    try await withTestNode { node in
      let results = Probe<Int>()
      let process = spawn(receiving: Int.self) { inbox in
        CurrentProcess.trapsExits = true
        let child = try spawnLink {}
        results.ref.send(
          try await inbox.next { number in
            CurrentProcess.unlink(child, flush: true)
            return number > 1 && CurrentProcess.id?.info != nil
          })
      }
      let ref = ProcessRef<Int>(unsafelyTyped: process)
      for number in 0..<3 {
        ref.send(number)
        try await node.settle()
      }
      try await results.expect(2)
    }
  }

  @Test("SIG-8: timers at least a millisecond apart come in the order of their instants")
  func timers() async throws {
    try await withTestNodes(seeds: 0..<100) { node in
      let probe = Probe<Int>()
      for number in (0..<20).shuffled() { probe.ref.send(number, after: .milliseconds(number)) }
      for number in 0..<20 { try await probe.expect(number) }
    }
  }

  @Test("SIG-9: sending to a name and linking look at the target when they are called")
  func synchronous() async throws {
    try await withTestNode { node in
      let name = ProcessName<Int>("late")
      #expect(throws: NameError.self) { try name.trySend(1) }
      let probe = Probe<Int>()
      try name.register(probe.ref)
      try await probe.expectNothing(node)
      try name.trySend(2)
      try await probe.expect(2)
    }
  }
}

extension Probe {
  func expectNothing(_ node: TestNode, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await node.settle()
    #expect(isEmpty, sourceLocation: sourceLocation)
  }
}
