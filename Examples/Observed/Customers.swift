import Supervision

/// Those who come to the shop, put things into carts, and now and then break something.
struct Customers: Sendable {
  let settings: Settings

  private static let goods = ["apples", "bread", "candles", "dill", "eggs", "figs"]
  private static let beat = 20

  func run() async throws {
    let carts = DynamicSupervisor.named("carts")
    var guests: [ProcessRef<Cart.Message>] = []
    var drops = 0
    let began = ContinuousClock.now
    for beat in 1... {
      try await CurrentProcess.sleep(for: .milliseconds(Self.beat))
      if beat % 5 == 0 {
        for name in ["shelves", "prices", "search", "till"] { ProcessName<Counter.Message>(name).send(.add(beat % 7)) }
      }
      if beat % 20 == 0, guests.count < 12 { guests.append(try await carts.startChild { Cart() }) }
      if beat % 6 == 0, let guest = guests.randomElement() { guest.send(.put(Self.goods[beat % Self.goods.count])) }
      if beat % 250 == 0, !guests.isEmpty { guests.removeFirst().send(.leave) }
      if beat == 30 { ProcessName<Feed.Message>("oracle").send(.garbled) }
      if beat == 60 { ProcessName<Feed.Message>("oracle").send(.garbled) }
      if beat % 150 == 75 { ProcessName<Feed.Message>("weather").send(.garbled) }
      if beat % 400 == 390 { ProcessName<Feed.Message>("exchange").send(.missing) }
      // By the clock: a beat may come late.
      let due = Int((ContinuousClock.now - began) / .milliseconds(1)) * settings.restarts / 1_000
      while drops < due {
        ProcessName<Feed.Message>("drop-\(drops % Storm.size)").send(.garbled)
        drops += 1
      }
    }
  }
}
