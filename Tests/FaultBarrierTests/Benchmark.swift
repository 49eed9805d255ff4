import FaultBarrier
import Glibc
import Synchronization
import Testing

/// Prints what `Documentation/decisions/0002-abandon-in-place.md` quotes. It runs only if it is asked for, and alone:
/// `FAULT_BARRIER_BENCHMARK=1 swift test -c release -Xswiftc -enable-testing --filter FaultBarrierBenchmark`
@Suite(
  .serialized,
  .enabled(if: getenv("FAULT_BARRIER_BENCHMARK") != nil, "a benchmark: runs when FAULT_BARRIER_BENCHMARK is set"))
struct FaultBarrierBenchmark {
  @Test func armAndDisarm() {
    prepared(context: nil) {
      let rounds = 200_000_000
      let start = nanoseconds()
      for _ in 0..<rounds { emptyTurn() }
      let armed = nanoseconds() - start
      let middle = nanoseconds()
      for _ in 0..<rounds { emptyCall() }
      let plain = nanoseconds() - middle
      print("arm + disarm: \(Double(armed - plain) / Double(rounds)) ns")
    }
  }

  @Test func latencyAndMemory() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      for (name, trap) in [("bare trap", Trap.conversion), ("fatalError", .fatalError)] {
        for simultaneous in [false, true] {
          let rounds = 2_500
          let before = (resident: residentKB(), mappings: mappings())
          var latencies: [UInt64] = []
          if simultaneous {
            await withTaskGroup(of: UInt64.self) { group in
              for _ in 0..<rounds { group.addTask { await latency(of: trap) } }
              for await latency in group { latencies.append(latency) }
            }
          } else {
            for _ in 0..<rounds { latencies.append(await latency(of: trap)) }
          }
          latencies.sort()
          let after = (resident: residentKB(), mappings: mappings())
          print(
            """
            \(name), \(simultaneous ? "all at once" : "one after the other"), \(rounds) traps: \
            to the monitor \(latencies[rounds / 2] / 1_000) us median, \(latencies[rounds * 99 / 100] / 1_000) us p99; \
            \(Double(after.resident - before.resident) / Double(rounds)) KB resident, \
            \(Double(after.mappings - before.mappings) / Double(rounds)) mappings each
            """)
        }
      }
    }
    print(output(of: result))
  }

  @Test func symbolication() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      for trap in [Trap.overflow, .conversion, .fatalError] {
        guard let fault = await FaultCatcher.shared.fault(in: { trap.spring() }) else { continue }
        let before = residentKB()
        for round in 0..<3 {
          let start = nanoseconds()
          _ = fault.symbolicated()
          print("\(trap), \(fault.frames.count) frames, call \(round): \(Double(nanoseconds() - start) / 1_000) us")
        }
        print("  resident memory grew by \(residentKB() - before) KB")
      }
    }
    print(output(of: result))
  }
}

/// What a process of its own has printed, where the traps of the benchmark are.
private func output(of result: ExitTest.Result?) -> String {
  String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
}

/// Nanoseconds from just before the trap to the monitor's return from `nextFault`.
private func latency(of trap: Trap) async -> UInt64 {
  let clocks = Clocks()
  _ = await FaultCatcher.shared.fault(onFault: { clocks.end.store(nanoseconds(), ordering: .relaxed) }) {
    clocks.start.store(nanoseconds(), ordering: .relaxed)
    trap.spring()
  }
  return clocks.end.load(ordering: .relaxed) - clocks.start.load(ordering: .relaxed)
}

private final class Clocks: Sendable {
  let start = Atomic<UInt64>(0)
  let end = Atomic<UInt64>(0)
}

@inline(never)
private func emptyTurn() {
  FaultBarrier.arm()
  FaultBarrier.disarm()
}

@inline(never) @_optimize(none)
private func emptyCall() {}

private func nanoseconds() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

private func residentKB() -> Int {
  let fields = contents(of: "/proc/self/statm").split(separator: " ")
  return (Int(fields[1]) ?? 0) * (Int(sysconf(Int32(_SC_PAGESIZE))) / 1024)
}

private func mappings() -> Int {
  contents(of: "/proc/self/maps").split(separator: "\n").count
}

private func contents(of path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}
