#if Metrics
  import Metrics
  import Supervision
  import Synchronization

  /// The metrics of a node, by the names that users see: in Prometheus' form, which every other system takes as well.
  ///
  /// The article Telemetry and the dashboard in Documentation/Telemetry name the same ones.
  final class NodeMetrics: Sendable {
    private let factory: any MetricsFactory
    private let processes: Meter
    private let runQueue: Meter
    private let timers: Meter
    private let schedulers: Meter
    private let spareSchedulers: Meter
    private let disowned: Meter
    private let faultBudgetLeft: Meter
    let utilisation: Meter
    let longestMailbox: Meter
    let messages: Meter
    private let faults: [Fault.Kind: Counter]
    private let deadLetters: [DeadLetter.Reason: Counter]
    private let mailboxAlarms: Counter
    /// By the name of the supervisor: made when it is needed, for the names are not known before.
    private let restarts = Mutex<[String: Counter]>([:])

    init(_ factory: any MetricsFactory) {
      self.factory = factory
      func meter(_ name: String) -> Meter { Meter(label: "supervision_\(name)", factory: factory) }
      processes = meter("processes")
      runQueue = meter("run_queue_length")
      timers = meter("timers")
      schedulers = meter("schedulers")
      spareSchedulers = meter("spare_schedulers")
      disowned = meter("disowned_processes")
      faultBudgetLeft = meter("fault_budget_left")
      utilisation = meter("scheduler_utilisation_ratio")
      longestMailbox = meter("mailbox_longest_messages")
      messages = meter("mailbox_messages")
      faults = Dictionary(
        uniqueKeysWithValues: Fault.Kind.allCases.map { kind in
          let label = "\(kind)".replacing(" ", with: "_")
          return (kind, Counter(label: "supervision_faults_total", dimensions: [("kind", label)], factory: factory))
        })
      deadLetters = Dictionary(
        uniqueKeysWithValues: DeadLetter.Reason.allCases.map { reason in
          (
            reason,
            Counter(
              label: "supervision_dead_letters_total", dimensions: [("reason", reason.rawValue)], factory: factory)
          )
        })
      mailboxAlarms = Counter(label: "supervision_mailbox_alarms_total", factory: factory)
      // A counter that has never been told anything is not there for those who look.
      for counter in faults.values { counter.increment(by: 0) }
      for counter in deadLetters.values { counter.increment(by: 0) }
      mailboxAlarms.increment(by: 0)
    }

    func record(_ statistics: NodeStatistics) {
      processes.set(statistics.processes)
      runQueue.set(statistics.runQueue)
      timers.set(statistics.timers)
      schedulers.set(statistics.schedulers)
      spareSchedulers.set(statistics.spareSchedulers)
      disowned.set(statistics.disowned)
      faultBudgetLeft.set(statistics.faultBudgetLeft)
    }

    func note(_ kind: Fault.Kind, _ count: Int) {
      if count > 0 { faults[kind]?.increment(by: count) }
    }

    func note(_ letter: DeadLetter) { deadLetters[letter.reason]?.increment() }

    func note(_ alarm: MailboxAlarm) {
      if alarm.isSet { mailboxAlarms.increment() }
    }

    func note(_ restart: ChildRestart) {
      let counter = restarts.withLock { restarts in
        if let known = restarts[restart.supervisor] { return known }
        let new = Counter(
          label: "supervision_restarts_total", dimensions: [("supervisor", restart.supervisor)], factory: factory)
        restarts[restart.supervisor] = new
        return new
      }
      counter.increment()
    }
  }
#endif
