import ProcessRuntime

@testable import Supervision

/// A history in which the supervisor broke a rule.
struct ModelViolation: Error, CustomStringConvertible {
  let description: String
}

/// The rules, written without regard to how the machine works.
extension ModelWorld {
  func violation(_ rule: String) -> ModelViolation {
    ModelViolation(
      description: "\(rule)\n  \(configuration)\n  \((path?.steps ?? []).map { "\($0)" }.joined(separator: "\n  "))")
  }

  private func restart(_ child: Int) -> ChildSpec.Restart { configuration.restarts[child] }

  // MARK: What the rules say about the children that there are

  mutating func noteCall(_ child: Int, _ request: Machine.Request) {
    let known = order.contains(child)
    let idle = known && live[child] == nil && causes[child] == nil
    switch request {
    case .terminateChild where known:
      excused.insert(child)
      // Its retries end, and with them the round: what that had left stopped stays stopped.
      if isRestarting(child) { excused.formUnion(order.filter { live[$0] == nil && causes[$0] == nil }) }
      if idle && restart(child) == .temporary { forget(child) }
    case .deleteChild where idle: if !isRestarting(child) { forget(child) }
    case .startChild where !known: order.append(child)
    default: break
    }
  }

  private func isRestarting(_ child: Int) -> Bool {
    machine.children.contains { $0.id == ModelConfiguration.ids[child] && $0.isRestarting }
  }

  mutating func noteExit(_ child: Int, clean: Bool) {
    switch restart(child) {
    case .permanent: break
    case .transient: if clean { excused.insert(child) }
    case .temporary: forget(child)
    }
  }

  mutating func noteStopped(_ child: Int) {
    if restart(child) == .temporary { forget(child) }
  }

  mutating func noteNotStarted(_ child: Int, _ outcome: StartOutcome) {
    if outcome == .ignored {
      excused.insert(child)
      if restart(child) == .temporary { forget(child) }
    } else if case .call(_, adds: true) = phase {
      forget(child)
    }
  }

  private mutating func forget(_ child: Int) {
    order.removeAll { $0 == child }
    excused.remove(child)
  }

  // MARK: What the machine may do

  mutating func hand(_ event: Machine.Event) throws(ModelViolation) {
    let mayRestart =
      switch event {
      case .retry: configuration.care != .budget
      case .exited: configuration.care == .none
      default: false
      }
    for action in machine.handle(event, at: .zero) {
      if waiting != nil { throw violation("nothing follows an action that waits") }
      if phase == .ended { throw violation("nothing follows the exit") }
      try check(action)
    }
    if mayRestart, waiting != nil, phase != .ending {
      rounds += 1
      if rounds > configuration.limit { throw violation("there are never more restarts than allowed") }
    }
    if waiting == nil, phase != .ended { phase = .idle }
  }

  private mutating func check(_ action: Machine.Action) throws(ModelViolation) {
    switch action {
    case .start(let spec):
      let child = ModelConfiguration.index(of: spec.id)
      try checkStart(child)
      waiting = .start(child)
    case .stop(let id, let process, _):
      let child = ModelConfiguration.index(of: id)
      try checkStop(child)
      waiting = .stop(child, process)
    case .report(let report):
      guard report.context == .shutdown else { return }
      if configuration.care == .budget { throw violation("children with budgets of their own end no supervisor") }
      if rounds < configuration.limit { throw violation("no supervisor gives up too early") }
      phase = .ending
    case .retryLater(let tag, let wait):
      guard let slot = machine.table.waitingSlot(tag.slot, attempt: tag.attempt) else {
        throw violation("a retry is for a restarting child")
      }
      let retry = Mail.retry(child: ModelConfiguration.index(of: machine.table[slot].spec.id), tag)
      if wait == nil { mailbox.append(retry) } else { waits.append(retry) }
    case .reply(let caller, _):
      if unanswered != caller { throw violation("every call is answered once") }
      unanswered = nil
    case .exit(let reason):
      try checkEnd(reason)
    case .progress, .ready:
      break
    }
  }

  private func checkStart(_ child: Int) throws(ModelViolation) {
    if phase == .ending { throw violation("nothing is started once the supervisor ends") }
    if live[child] != nil { throw violation("there are never two instances of a child") }
    guard let place = order.firstIndex(of: child) else { throw violation("only children are started") }
    switch phase {
    case .launch:
      try requireStopped(order[place...], "children are started in order")
    case .round(let culprit):
      if restart(child) == .temporary { throw violation("temporary children are not restarted") }
      switch configuration.strategy.kind {
      case .oneForOne:
        if child != culprit { throw violation("one_for_one restarts one") }
      case .restForOne:
        let first = order.firstIndex(of: culprit) ?? 0
        if place < first { throw violation("rest_for_one does not touch earlier children") }
        try requireStopped(order[place...], "later children are stopped before, and started after")
      case .oneForAll:
        try requireStopped(order[place...], "later children are stopped before, and started after")
      }
    case .call(let called, _):
      if called != child { throw violation("a call starts the child that it names") }
    case .idle, .ending, .ended:
      throw violation("a child is started for a reason")
    }
  }

  private func requireStopped(_ children: ArraySlice<Int>, _ rule: String) throws(ModelViolation) {
    if children.contains(where: { live[$0] != nil }) { throw violation(rule) }
  }

  private func checkStop(_ child: Int) throws(ModelViolation) {
    guard let place = order.firstIndex(of: child) else { throw violation("only children are stopped") }
    switch phase {
    case .round(let culprit):
      if configuration.strategy == .oneForOne { throw violation("one_for_one stops nobody") }
      if configuration.strategy == .restForOne, place <= order.firstIndex(of: culprit) ?? 0 {
        throw violation("rest_for_one stops later children only")
      }
      try requireStopped(order[(place + 1)...], "children are stopped in reverse order")
    case .ending:
      try requireStopped(order[(place + 1)...], "children are stopped in reverse order")
    case .call(let called, _):
      if called != child { throw violation("a call stops the child that it names") }
    case .idle, .launch, .ended:
      // A launch that failed ends the supervisor.
      try requireStopped(order[(place + 1)...], "children are stopped in reverse order")
    }
  }

  private mutating func checkEnd(_ reason: ExitReason) throws(ModelViolation) {
    if live.contains(where: { $0 != nil }) { throw violation("no child outlives its supervisor") }
    if !machine.children.isEmpty || machine.counts.specs != 0 { throw violation("nothing is left at the end") }
    let expected = parentReason ?? .shutdown
    if reason != expected, reason.shutdownDetail as? ChildStartFailure == nil {
      throw violation("the exit reason is the parent's, or shutdown")
    }
    phase = .ended
    exitReason = reason
  }

  /// What holds when nothing is under way and nothing is in the mailbox.
  func checkAtRest() throws(ModelViolation) {
    guard waiting == nil else { return }
    if unanswered != nil { throw violation("no caller waits for an idle supervisor") }
    guard mailbox.isEmpty, waits.isEmpty, phase == .idle else { return }
    let children = machine.children
    if children.map({ ModelConfiguration.index(of: $0.id) }) != order {
      throw violation("the children are \(order.map { ModelConfiguration.ids[$0] }), in this order")
    }
    for child in children {
      let index = ModelConfiguration.index(of: child.id)
      if child.process != live[index] { throw violation("a child's process is the one that lives") }
      if child.process == nil, !excused.contains(index) {
        throw violation("\(child.id) runs at rest, for nothing excuses it")
      }
    }
    if machine.counts.active != live.count(where: { $0 != nil }) { throw violation("active children are counted") }
    if machine.counts.specs != order.count { throw violation("specifications are counted") }
  }
}
