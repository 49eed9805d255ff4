#if canImport(Glibc)
  import ErlangTerms
  import Glibc
  @_spi(Runtime) import ProcessRuntime
  import Supervision
  import Synchronization
  import Testing

  @testable import ErlangDistribution

  @Suite("Reports of the distribution", .timeLimit(.minutes(1)))
  struct ReportQueueTests {
    /// Somebody who listens to the reports of one node of the distribution.
    private final class Log: Sendable {
      private let node: String
      private let lines = Mutex<[String]>([])
      private let isHeld = Atomic<Bool>(false)
      private let number = Mutex<UInt64>(0)

      init(_ node: String, onReport: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.node = node
        let number = Node.shared.reports.listen { [self] report in
          guard let report = report as? DistributionReport, report.node == node else { return }
          while isHeld.load(ordering: .acquiring) { usleep(1_000) }
          onReport(lines.withLock { $0.count })
          lines.withLock { $0.append(report.text) }
        }
        self.number.withLock { $0 = number }
      }

      var texts: [String] { lines.withLock { $0 } }
      func hold() { isHeld.store(true, ordering: .releasing) }
      func release() { isHeld.store(false, ordering: .releasing) }
      func end() { Node.shared.reports.unlisten(number.withLock { $0 }) }

      func wait(_ isEnough: ([String]) -> Bool) async throws {
        while !isEnough(texts) { try await Task.sleep(for: .milliseconds(2)) }
      }
    }

    private func distribution(_ name: String) -> Distribution {
      Distribution(NodeIdentity(name: Atom(name), creation: 1), on: .shared)
    }

    @Test("WIRE-25: who reports does not wait for the log; it is told in order, and of what was too much by its count")
    func slowLog() async throws {
      let log = Log("slow@h")
      let node = distribution("slow@h")
      log.hold()
      let count = ReportQueue.most + 500
      for number in 0..<count { node.report(.unreachable(node: "n\(number)@h", why: "x")) }
      #expect(log.texts.isEmpty)
      log.release()
      try await log.wait { $0.last?.contains("further reports were dropped") == true }
      let texts = log.texts
      // The one that was held back had left the queue already, perhaps.
      let told = texts.count - 1
      #expect(told == ReportQueue.most || told == ReportQueue.most + 1)
      #expect(texts.last?.contains(" \(count - told) further reports") == true)
      let numbers = texts.dropLast().compactMap {
        $0.split(separator: "@h")[1].split(separator: " n").last.flatMap { Int($0) }
      }
      #expect(numbers.prefix(ReportQueue.most) == ArraySlice(0..<ReportQueue.most))
      #expect(numbers.count == told && numbers == numbers.sorted())
      // And it goes on.
      node.report(.unreachable(node: "later@h", why: "x"))
      try await log.wait { $0.last?.contains("later@h") == true }
      log.end()
    }

    @Test("WIRE-25: a log that traps is told of what comes next")
    func trappingLog() async throws {
      let hasTrapped = Atomic<Bool>(false)
      let log = Log("trap@h") { count in
        let numbers = [0]
        if count == 1, !hasTrapped.exchange(true, ordering: .relaxed) { _ = numbers[count] }
      }
      let node = distribution("trap@h")
      node.report(.unreachable(node: "n0@h", why: "x"))
      try await log.wait { $0.count == 1 }
      node.report(.unreachable(node: "n1@h", why: "x"))
      while !hasTrapped.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(2)) }
      var texts = log.texts
      while texts.count == 1 {
        node.report(.unreachable(node: "n2@h", why: "x"))
        try await Task.sleep(for: .milliseconds(5))
        texts = log.texts
      }
      #expect(texts[1].contains("n2@h"))
      log.end()
    }
  }
#endif
