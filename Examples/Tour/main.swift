import Supervision
import ProcessRuntime
func t() async throws {
  let a = spawn { print("in a", CurrentProcess.id as Any) }
  print(a, await a.exited())
  let echo = spawn(receiving: ProcessRef<Int>.self) { inbox in
    while true { let r = try await inbox.next(); r.send(1) }
  }
  _ = echo
  let c = spawn(receiving: Int.self) { inbox in
    let me = inbox.ref
    let e = try spawnLink(receiving: Int.self) { ib in
      for _ in 0..<3 { let v = try await ib.next(); me.send(v+1) }
      throw ExitReason.shutdown
    }
    CurrentProcess.trapsExits = true
    for i in 0..<3 { e.send(i); print(try await inbox.next(within: .seconds(1))) }
    print(try await inbox.signal())
    do { _ = try await inbox.next(within: .milliseconds(20)) } catch { print(error) }
    struct E: Error {}
    let (p, m) = try spawnMonitor { throw E() }
    print(p, m, try await inbox.signal())
    let clock = ContinuousClock()
    let k = try spawnLink { try await suspendForever() }
    k.exit(.kill)
    print(k.isAlive, try await inbox.signal())
    var el = try await clock.measure { for i in 0..<100_000 { me.send(i); _ = try await inbox.next() } }
    print("self send", el / 100_000)
    el = try await clock.measure { for _ in 0..<100_000 { let (_, _) = try spawnMonitor { }; _ = try await inbox.signal() } }
    print("spawn_monitor", el / 100_000)
    let pong = spawn(receiving: ProcessRef<Int>.self) { inbox in
      while true { let r = try await inbox.next(); r.send(1) }
    }
    _ = pong
    let pingpong = try spawnLink(receiving: ProcessRef<Int>.self) { inbox in
      while true { let r = try await inbox.next(); r.send(1) }
    }
    el = try await clock.measure { for _ in 0..<200_000 { pingpong.send(me); _ = try await inbox.next() } }
    print("ping_pong", el / 200_000)
  }
  print(await c.exited())
}
try await t()
