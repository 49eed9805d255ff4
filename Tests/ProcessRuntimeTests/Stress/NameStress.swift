@_spi(Runtime) @testable import ProcessRuntime
import Supervision
import SupervisionTesting
import Synchronization
import Testing

extension Stress {
  @Suite("Names")
  struct Name {
    @Test("NAM-3, NAM-4: kill a registered process and register the next under its name, on many threads")
    func killAndRegister() async throws {
      let failures = try await onWorkers {
        let name = ProcessName<Int>("re-registered")
        let failures = Journal<String>()
        let watchers = (0..<2).map { _ in
          spawn {
            while !Task.isCancelled {
              // Between the look and the question it may die; then the name must be another's or free.
              if let found = name.whereis, !found.isAlive, name.whereis == found { failures.note("found \(found)") }
              await Task.yield()
            }
          }
        }
        for round in 0..<5_000 {
          let ref = try NameTests.receiver()
          do {
            try name.register(ref)
          } catch {
            failures.note("round \(round): \(error)")
          }
          ref.id.exit(.kill)
          if round % 10 == 0 { await Task.yield() }
        }
        for watcher in watchers { watcher.exit(.kill) }
        return failures.entries
      }
      #expect(failures == [])
    }

    @Test("NAM-1, NAM-2: registering and unregistering race on many threads: name and process always agree")
    func registerRace() async throws {
      let (wins, name) = (Journal<Int>(), ProcessName<Int>("contended"))
      try await onWorkers {
        let racers = try (0..<4).map { index in
          try spawnMonitor(receiving: Int.self) { inbox in
            for _ in 0..<2_000 {
              if (try? name.register(inbox.ref)) != nil {
                wins.note(index)
                if name.whereis != inbox.ref.id { wins.note(-1) }
                try name.unregister()
              }
              if Int.random(in: 0..<50) == 0 { await Task.yield() }
            }
          }.process
        }
        for racer in racers { #expect(await racer.id.exited() == .normal) }
      }
      #expect(!wins.entries.isEmpty)
      #expect(!wins.entries.contains(-1))
    }

    @Test("NAM-3: names come and go under the eyes of all workers: who is found is what has, or had, the name")
    func looks() async throws {
      let failures = try await onWorkers {
        let failures = Journal<String>()
        let names = (0..<40).map { ProcessName<Int>("looked at \($0)") }
        let lookers = (0..<3).map { offset in
          spawn {
            var index = offset
            while !Task.isCancelled {
              index = (index + 7) % names.count
              if let found = names[index].whereis, let label = found.info?.label, label != names[index].rawValue {
                failures.note("\(found), found as \(names[index]), is \(label)")
              }
              if index == 0 { await Task.yield() }
            }
          }
        }
        for round in 0..<150 {
          for name in names where (round + name.rawValue.count) % 2 == 0 {
            let ref = try spawnMonitor(receiving: Int.self, label: name.rawValue) { inbox in
              while true { _ = try await inbox.next() }
            }.process
            do { try name.register(ref) } catch { failures.note("\(error)") }
            if round % 3 == 0 { try? name.unregister() }
            ref.id.exit(.kill)
          }
          await Task.yield()
        }
        for looker in lookers { looker.exit(.kill) }
        return failures.entries
      }
      #expect(failures == [])
    }

    @Test("a process that is known by name before it runs may be sent to and ended: it neither runs early nor leaks")
    func beforeBegin() async throws {
      try await onWorkers {
        for _ in 0..<500 {
          let ran = Journal<Int>()
          let cell = BodyProcess<Int>(node: .shared) { ran.note(1) }
          let ref = ProcessRef<Int>(unchecked: cell)
          let name = ProcessName<Int>("early")
          try name.register(ref)
          let sender = spawn { name.send(1) }
          _ = await sender.exited()
          #expect(ran.entries == [])
          let isKilled = Bool.random()
          if isKilled {
            let killer = spawn { name.whereis?.exit(.kill) }
            _ = await killer.exited()
          }
          cell.begin()
          #expect(await ref.id.exited() == (isKilled ? .killed : .normal))
          #expect(name.whereis == nil)
          #expect(!ProcessID.all.contains(ref.id))
        }
      }
    }
  }
}

extension Stress {
  @Suite("Names at start")
  struct StartName {
    @Test("NAM-8: of many that start under one name, on many threads, one wins, and the others name it")
    func race() async throws {
      try await onWorkers {
        for round in 0..<50 {
          let name = ProcessName<StartNameTests.Echo.Message>("raced \(round)")
          let winners = Journal<ProcessID>()
          let losers = Journal<ProcessID>()
          let racers = (0..<4).map { _ in
            spawn {
              do throws(StartError) {
                winners.note(try await StartNameTests.Echo.start(name) { StartNameTests.Echo() }.id)
              } catch {
                if case .alreadyStarted(let holder) = error.kind { losers.note(holder) }
              }
            }
          }
          for racer in racers { _ = await racer.exited() }
          #expect(winners.entries.count == 1)
          #expect(losers.entries == Array(repeating: winners.entries[0], count: 3))
          winners.entries[0].exit(.kill)
        }
      }
    }
  }
}
