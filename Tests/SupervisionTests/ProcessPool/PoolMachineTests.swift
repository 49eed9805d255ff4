import SupervisionTesting
import Testing

@testable import Supervision

/// What a pool machine did, in words.
private struct Script {
  var machine: PoolMachine<Int, String>
  var nextWorker = 0

  init(_ settings: PoolSettings) {
    machine = PoolMachine(settings)
    _ = perform(machine.fill())
  }

  mutating func handle(_ event: PoolMachine<Int, String>.Event) -> String { perform(machine.handle(event)) }

  mutating func checkout(_ lease: UInt64) -> String { handle(.checkout(lease, "c\(lease)")) }

  private mutating func perform(_ actions: [PoolMachine<Int, String>.Action]) -> String {
    var actions = actions[...]
    var words: [String] = []
    while let action = actions.popFirst() {
      switch action {
      case .grant(_, let client, let worker): words.append("\(client) gets \(worker)")
      case .refuse(_, let client, let why): words.append("\(client) \(why)")
      case .start:
        nextWorker += 1
        words.append("start \(nextWorker)")
        actions.append(contentsOf: machine.handle(.started(nextWorker)))
      case .stop(let worker): words.append("stop \(worker)")
      case .forget: break
      case .drained: words.append("drained")
      }
    }
    return words.joined(separator: ", ")
  }
}

@Suite("PoolMachine", .timeLimit(.minutes(1)))
struct PoolMachineTests {
  @Test("POOL-1, POOL-4: a free worker is lent to one client at a time; clients wait, the first comes first")
  func fifo() {
    var script = Script(PoolSettings(size: 2))
    #expect(script.checkout(1) == "c1 gets 2")
    #expect(script.checkout(2) == "c2 gets 1")
    #expect(script.checkout(3) == "" && script.checkout(4) == "")
    #expect(script.machine.status.description == "0 idle, 2 lent (0 overflow), 2 waiting")
    #expect(script.handle(.release(2)) == "c3 gets 1")
    #expect(script.handle(.release(2)) == "")
    #expect(script.handle(.release(1)) == "c4 gets 2")
    #expect(script.handle(.release(3)) == "" && script.handle(.release(4)) == "")
    #expect(script.machine.status.idle == 2)
  }

  @Test("POOL-4: of workers and of clients, the first or the last is next, as the settings say")
  func orders() {
    for workers in PoolSettings.Order.allCases {
      var script = Script(PoolSettings(size: 3, workers: workers))
      #expect(script.checkout(1) == (workers == .fifo ? "c1 gets 1" : "c1 gets 3"))
      _ = script.handle(.release(1))
      #expect(script.checkout(2) == (workers == .fifo ? "c2 gets 2" : "c2 gets 3"))
    }
    for clients in PoolSettings.Order.allCases {
      var script = Script(PoolSettings(size: 1, clients: clients))
      for lease in 1...3 as ClosedRange<UInt64> { _ = script.checkout(lease) }
      #expect(script.handle(.release(1)) == (clients == .fifo ? "c2 gets 1" : "c3 gets 1"))
    }
  }

  @Test("POOL-5: workers beyond the size are started while all are lent, and stopped when they come back")
  func overflow() {
    var script = Script(PoolSettings(size: 1, maxOverflow: 1))
    #expect(script.checkout(1) == "c1 gets 1")
    #expect(script.checkout(2) == "start 2, c2 gets 2")
    #expect(script.checkout(3) == "")
    #expect(script.machine.status.overflow == 1)
    #expect(script.handle(.release(1)) == "c3 gets 1")
    #expect(script.handle(.release(2)) == "stop 2")
    #expect(script.handle(.ended(2)) == "")
    #expect(script.handle(.release(3)) == "")
    #expect(script.machine.status.description == "1 idle, 0 lent (0 overflow), 0 waiting")
  }

  @Test("POOL-6: when too many wait, the newest or the oldest is turned away")
  func discard() {
    var newest = Script(PoolSettings(size: 1, maxWaiting: 1))
    _ = newest.checkout(1)
    #expect(newest.checkout(2) == "" && newest.checkout(3) == "c3 full")
    #expect(newest.handle(.release(1)) == "c2 gets 1")
    var oldest = Script(PoolSettings(size: 1, maxWaiting: 1, discard: .oldest))
    _ = oldest.checkout(1)
    #expect(oldest.checkout(2) == "" && oldest.checkout(3) == "c2 discarded")
    #expect(oldest.handle(.release(1)) == "c3 gets 1")
    #expect(oldest.machine.status.discarded == 1)
    for discard in PoolSettings.Discard.allCases {
      var none = Script(PoolSettings(size: 1, maxWaiting: 0, discard: discard))
      _ = none.checkout(1)
      #expect(none.checkout(2) == "c2 full")
    }
  }

  @Test("POOL-3: a worker that ends is replaced, and its lease is over; one beyond the size only if somebody waits")
  func replacement() {
    var script = Script(PoolSettings(size: 1, maxOverflow: 1))
    _ = script.checkout(1)
    _ = script.checkout(2)
    #expect(script.handle(.ended(2)) == "")
    #expect(script.handle(.ended(1)) == "start 3")
    #expect(script.handle(.release(1)) == "")
    _ = script.checkout(3)
    _ = script.checkout(4)
    _ = script.checkout(5)
    #expect(script.handle(.ended(3)) == "start 5, c5 gets 5")
  }

  @Test("POOL-8: a pool that ends turns clients away, and is done when nothing is lent")
  func drain() {
    var script = Script(PoolSettings(size: 2))
    _ = script.checkout(1)
    _ = script.checkout(2)
    _ = script.checkout(3)
    #expect(script.handle(.drain) == "c3 draining")
    #expect(script.checkout(4) == "c4 draining")
    #expect(script.handle(.release(1)) == "")
    #expect(script.handle(.ended(1)) == "drained")
    #expect(script.machine.status.isDraining)
    var idle = Script(PoolSettings(size: 2))
    #expect(idle.handle(.drain) == "drained")
  }

  @Test(
    "POOL-1: whatever happens in whatever order, no worker is lent twice, none is lost, and each client is answered once"
  )
  func walks() {
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      let settings = PoolSettings(
        size: .random(in: 1...3, using: &random), maxOverflow: .random(in: 0...2, using: &random),
        workers: .allCases.randomElement(using: &random) ?? .fifo,
        clients: .allCases.randomElement(using: &random) ?? .fifo,
        maxWaiting: Bool.random(using: &random) ? .random(in: 0...3, using: &random) : nil,
        discard: .allCases.randomElement(using: &random) ?? .newest)
      var machine = PoolMachine<Int, UInt64>(settings)
      var (workers, lent, answered): (Set<Int>, [UInt64: Int], Set<UInt64>) = ([], [:], [])
      var (next, lease): (Int, UInt64) = (0, 0)
      func perform(_ actions: [PoolMachine<Int, UInt64>.Action]) {
        for action in actions {
          switch action {
          case .grant(let lease, let client, let worker):
            #expect(lease == client && answered.insert(lease).inserted, "seed \(seed)")
            #expect(workers.contains(worker) && !lent.values.contains(worker), "seed \(seed)")
            lent[lease] = worker
          case .refuse(let lease, _, _): #expect(answered.insert(lease).inserted, "seed \(seed)")
          case .start:
            next += 1
            workers.insert(next)
            perform(machine.handle(.started(next)))
          case .stop(let worker):
            #expect(!lent.values.contains(worker), "seed \(seed)")
            workers.remove(worker)
          case .forget(let lease): lent[lease] = nil
          case .drained: Issue.record("drained without being told to")
          }
        }
      }
      perform(machine.fill())
      for _ in 0..<60 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
          lease += 1
          perform(machine.handle(.checkout(lease, lease)))
        case 2: perform(machine.handle(.release(.random(in: 0...lease, using: &random))))
        default:
          guard let worker = workers.sorted().randomElement(using: &random) else { continue }
          workers.remove(worker)
          perform(machine.handle(.ended(worker)))
        }
        let status = machine.status
        #expect(status.lent == lent.count && status.idle + status.lent == workers.count, "seed \(seed)")
        #expect(workers.count >= settings.size && workers.count <= settings.size + settings.maxOverflow, "seed \(seed)")
        #expect(status.waiting <= settings.maxWaiting ?? .max, "seed \(seed)")
        // Nobody waits while a worker is free, or could be started.
        #expect(status.waiting == 0 || status.lent == settings.size + settings.maxOverflow, "seed \(seed)")
      }
    }
  }
}
