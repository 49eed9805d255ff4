/// From where a program, or a part of one, is told to stop.
package struct StopOrders: Sendable {
  /// What it is told.
  package struct Order: Sendable {
    let kind: ApplicationEnd.Kind

    /// By whoever runs it, and not by a signal.
    package static var stop: Order { Order(kind: .stopped) }
  }

  /// Begins to listen; what it returns ends that.
  let listen: @Sendable (_ tell: @escaping @Sendable (Order) -> Void) -> @Sendable () -> Void

  package init(
    listen: @escaping @Sendable (_ tell: @escaping @Sendable (Order) -> Void) -> @Sendable () -> Void
  ) {
    self.listen = listen
  }

  /// SIGTERM and SIGINT.
  static var signals: StopOrders {
    StopOrders { tell in
      let key = TerminationSignals.listen { tell(Order(kind: .signal($0))) }
      return { TerminationSignals.unlisten(key) }
    }
  }
}

extension ApplicationEnd {
  /// Whether it has ended as it was told to, or because its work is done.
  package var isOrderly: Bool { exitStatus == 0 }
}
