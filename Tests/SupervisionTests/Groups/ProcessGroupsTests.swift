import Supervision
import SupervisionTesting
import Testing

@Suite("Process groups", .timeLimit(.minutes(5)))
struct ProcessGroupsTests {
  typealias Groups = ProcessGroups<String>

  @Test("PG-1, PG-4: a process joins, is a member, and leaves; a group without members does not exist")
  func joins() async throws {
    try await everySeed { _ in
      let groups = Groups()
      let clerk = try await Clerk.start { Clerk() }
      try #require(groups.members("a").isEmpty && groups.groups.isEmpty)
      try await clerk.perform { try groups.join("a") }
      groups.join("b", [clerk.id])
      try #require(groups.members("a") == [clerk.id] && groups.localMembers("b") == [clerk.id])
      try #require(groups.groups == ["a", "b"])
      try await clerk.perform { _ = groups.leave("a") }
      try #require(groups.members("a").isEmpty && groups.groups == ["b"])
      try #require(groups.leave("b", [clerk.id]) && groups.groups.isEmpty)
    }
  }

  @Test("PG-2: a process that has joined several times counts as often, and leaves as often")
  func counts() async throws {
    try await everySeed { _ in
      let groups = Groups()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      groups.join("a", [one.id, two.id, one.id])
      groups.join("a", [one.id])
      try #require(groups.members("a").count { $0 == one.id } == 3 && groups.members("a").count == 4)
      for left in [2, 1, 0] {
        try #require(groups.leave("a", [one.id]))
        try #require(groups.members("a").count { $0 == one.id } == left)
      }
      try #require(!groups.leave("a", [one.id]) && groups.members("a") == [two.id])
    }
  }

  @Test("PG-3: leaving a group that one is not in is told; of several it is enough that one is in it")
  func notJoined() async throws {
    try await withTestNode { _ in
      let groups = Groups()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      groups.join("a", [one.id])
      try #require(!groups.leave("a", [two.id]) && !groups.leave("b", [one.id]) && !groups.leave("a"))
      try #require(groups.leave("a", [two.id, one.id]) && groups.groups.isEmpty)
    }
  }

  @Test(
    "PG-5: the end of a process leaves all groups, as often as it was in them",
    arguments: [ExitReason.normal, .kill, .shutdown])
  func ends(_ reason: ExitReason) async throws {
    try await everySeed { _ in
      let groups = Groups()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      for group in ["a", "b", "a"] { groups.join(group, [one.id, two.id]) }
      await one.end(reason)
      try #require(groups.members("a") == [two.id, two.id] && groups.members("b") == [two.id])
      groups.join("a", [one.id])
      try #require(groups.members("a").count == 2)
    }
  }

  @Test("PG-6: scopes have nothing to do with each other")
  func scopes() async throws {
    try await withTestNode { _ in
      let (first, second) = (Groups(), Groups())
      let clerk = try await Clerk.start { Clerk() }
      first.join("a", [clerk.id])
      try #require(second.members("a").isEmpty && second.groups.isEmpty && !second.leave("a", [clerk.id]))
    }
  }

  @Test("PG-7: a monitor of a group begins with its members, and tells of each who joins, leaves or ends, in order")
  func monitor() async throws {
    try await everySeed { node in
      let groups = Groups()
      let log = Probe<String>()
      let (one, two) = (try await Clerk.start { Clerk() }, try await Clerk.start { Clerk() })
      groups.join("a", [one.id])
      let (_, members) = groups.monitor("a") { log.ref.send("\($0)") }
      try #require(members == [one.id])
      groups.join("a", [two.id, one.id])
      groups.join("b", [one.id])
      groups.leave("a", [one.id])
      groups.leave("a", [one.id])
      groups.leave("a", [one.id])
      await two.end(.kill)
      try #require(
        try await log.all(node) == [
          "joined(\"a\", \(two.id))", "joined(\"a\", \(one.id))", "left(\"a\", \(one.id))", "left(\"a\", \(one.id))",
          "left(\"a\", \(two.id))",
        ])
    }
  }

  @Test("PG-8: a monitor of a scope begins with all groups, and tells of all")
  func monitorScope() async throws {
    try await everySeed { node in
      let groups = Groups()
      let log = Probe<String>()
      let clerk = try await Clerk.start { Clerk() }
      for group in ["a", "a", "b"] { groups.join(group, [clerk.id]) }
      let (_, before) = groups.monitorScope { log.ref.send("\($0)") }
      try #require(before == ["a": [clerk.id, clerk.id], "b": [clerk.id]])
      groups.join("c", [clerk.id])
      await clerk.end(.normal)
      let heard = try await log.all(node)
      let parts = ["joined(\"c\"", "left(\"a\"", "left(\"a\"", "left(\"b\"", "left(\"c\""]
      let expected: [String] = parts.map { "\($0), \(clerk.id))" }
      try #require(heard == expected)
      try #require(groups.groups.isEmpty)
    }
  }

  @Test("PG-9: a monitor ends by demonitor, and with the process that has asked for it")
  func monitorsEnd() async throws {
    try await everySeed { node in
      let groups = Groups()
      let log = Probe<String>()
      let clerk = try await Clerk.start { Clerk() }
      let (monitor, _) = groups.monitor("a") { _ in log.ref.send("first") }
      let watcher = try await Clerk.start { Clerk() }
      try await watcher.perform { _ = groups.monitorScope { _ in log.ref.send("second") } }
      groups.join("a", [clerk.id])
      try #require(try await log.all(node).sorted() == ["first", "second"])
      try #require(groups.demonitor(monitor) && !groups.demonitor(monitor))
      groups.join("a", [clerk.id])
      try #require(try await log.all(node) == ["second"])
      await watcher.end(.kill)
      try await node.settle()
      groups.join("a", [clerk.id])
      try #require(try await log.all(node).isEmpty)
    }
  }

  @Test("PG-7: what a monitor has told is what there is, whoever joins and ends meanwhile, on all cores")
  func consistent() async throws {
    let groups = ProcessGroups<Int>()
    let events = Probe<GroupEvent<Int>>()
    let (_, before) = groups.monitorScope { events.ref.send($0) }
    #expect(before.isEmpty)
    let done = Probe<Bool>()
    for number in 0..<100 {
      spawn {
        for round in 0..<20 {
          try groups.join((number + round) % 5)
          if round % 3 == 0 { groups.leave((number + round) % 5) }
        }
        done.ref.send(true)
        if number % 2 == 0 { try await suspendForever() }
      }
    }
    for _ in 0..<100 { _ = try await done.next(within: .seconds(60)) }
    // Twenty joins and seven leaves each; fifty have ended, and left the other thirteen.
    var count = 0
    for _ in 0..<3_350 {
      switch try await events.next(within: .seconds(60)) {
      case .joined: count += 1
      case .left: count -= 1
      }
    }
    var members = 0
    for group in 0..<5 { members += groups.members(group).count }
    #expect(count == 650 && members == count)
    for group in 0..<5 { for process in groups.members(group) { process.exit(.kill) } }
  }
}
