extension ErlangNode {
  /// What the processes of another node may do to those of this one.
  ///
  /// As in OTP everything is allowed to who knows the cookie, but for functions, and what starts children: those must be
  /// exported besides. What is refused is what it would be if there were no such process, and is reported once for each
  /// connection.
  ///
  ///     var options = ErlangNode.Options()
  ///     options.permissions = .none
  ///     options.permissions.names = .only(["shop"])
  ///     options.permissions.monitors = true      // as calls need
  ///     options.peerPermissions["admin@localhost"] = .all
  public struct Permissions: Hashable, Sendable {
    /// Names of processes.
    public enum Names: Hashable, Sendable {
      /// Whatever name.
      case all
      /// These alone.
      case only(Set<String>)
    }

    /// To which names it may send; the others are names of nobody to it.
    ///
    /// `net_kernel`, which answers pings, is always one.
    public var names: Names
    /// Whether it may send to processes by their pids; else that is dropped.
    public var pids: Bool
    /// Whether it may call exported functions and start processes with them (`erpc`, `rpc`, `spawn`); else they are not
    /// there: `notsup`.
    public var functions: Bool
    /// Whether it may link; else the other end is dead: `noproc`.
    public var links: Bool
    /// Whether it may monitor, which every call does; else the process is dead: `noproc`.
    public var monitors: Bool
    /// Whether its processes' `exit/2` counts; else it is dropped.
    ///
    /// Those of links always do.
    public var exits: Bool
    /// Whether it may change the children of supervisors; else `{error, not_allowed}`.
    ///
    /// Looking at them is a matter of ``names``.
    public var supervision: Bool
    /// Whether `sys` and `GenServer.stop` are answered; else the call ends with `not_allowed`.
    public var system: Bool

    private init(_ isAllowed: Bool) {
      names = isAllowed ? .all : .only([])
      pids = isAllowed
      functions = isAllowed
      links = isAllowed
      monitors = isAllowed
      exits = isAllowed
      supervision = isAllowed
      system = isAllowed
    }

    /// Everything.
    public static var all: Self { Self(true) }
    /// Nothing but pings.
    public static var none: Self { Self(false) }

    func allows(name: String) -> Bool {
      switch names {
      case .all: true
      case .only(let names): name == "net_kernel" || (name == "rex" ? functions : names.contains(name))
      }
    }
  }

  /// How much one other node may have of this one at a time.
  ///
  /// What is more is refused with `system_limit`.
  public struct PeerLimits: Hashable, Sendable {
    /// Monitors of processes here.
    public var monitors = 1_000_000
    /// Links with processes here.
    public var links = 1_000_000
    /// Processes that it has started and that have not ended; each call of a function is one.
    public var processes = 10_000

    /// These.
    public init(monitors: Int = 1_000_000, links: Int = 1_000_000, processes: Int = 10_000) {
      self.monitors = monitors
      self.links = links
      self.processes = processes
    }
  }

  /// What becomes of a server that is sent what it does not know: what cannot become one of its messages.
  ///
  /// Who has called hears of it at once, one way or the other, and it is reported.
  public enum UnknownMessages: Hashable, Sendable {
    /// The server goes on without it; a caller's call ends with `{bad_call, Request}`.
    case drop
    /// A call or a cast ends the server with `{function_clause, …}`, as those do that a callback module of OTP has no clause
    /// for; the caller's call ends with the same. What is sent plainly is dropped, as by OTP's own `handle_info`.
    case crash
  }
}

/// What a peer was refused, for reports.
package enum Refusal: String, Hashable, Sendable {
  case names = "a message to a name"
  case pids = "a message to a pid"
  case functions = "the start of a process"
  case links = "a link"
  case monitors = "a monitor"
  case exits = "an exit signal"
  case supervision = "a change of a supervisor's children"
  case system = "a system message"
  case tooManyMonitors = "a monitor beyond the limit"
  case tooManyLinks = "a link beyond the limit"
  case tooManyProcesses = "the start of a process beyond the limit"
}
