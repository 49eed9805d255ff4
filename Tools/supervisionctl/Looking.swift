#if ControlSocket
  import ArgumentParser
  import SupervisionControl
  import SupervisionInspection

  struct Nodes: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the programs of this user that one can attach to.")

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
      let nodes = SocketPlace.living()
      if json { return print(Pretty.json(nodes)) }
      if nodes.isEmpty {
        throw ToolFailure.noNode(
          "no node of this user is running in \(SocketPlace.folders.joined(separator: " or ")); start one with ChildSpec.control() among its children"
        )
      }
      var table = Table([("PROGRAM", .left), ("PID", .right), ("SOCKET", .left)])
      for node in nodes { table.add([node.program, "\(node.pid)", node.path]) }
      for line in table.lines() { print(line) }
    }
  }

  struct Tree: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The supervision trees, with restarts and what is left of them.")

    @OptionGroup var options: Options

    func run() throws {
      let tree = try options.connect().ask(ControlRequest(.tree), for: TreeSnapshot.self)
      if options.json { return print(Pretty.json(tree)) }
      for line in TreeText(tree).lines { print(line) }
    }
  }

  struct ProcessList_: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ps", abstract: "The processes.")

    @OptionGroup var options: Options
    @Argument(help: "In a name, a label, a type or an id.")
    var search: String?
    @Option(name: .long, help: "By mailbox, reductions, memory, id, name, links or status.")
    var sort = "mailbox"
    @Option(name: .long, help: "How many; 1000 at most.")
    var limit = 50

    func run() throws {
      var request = ControlRequest(.ps)
      request.search = search
      request.order = sort
      request.limit = limit
      let list = try options.connect().ask(request, for: ProcessList.self)
      if options.json { return print(Pretty.json(list)) }
      for line in ProcessTable.lines(list) { print(line) }
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One process in detail.")

    @OptionGroup var options: Options
    @Argument(help: "Its id (<0.113.0> or 113), its name, its label, or its id in its supervisor.")
    var process: String

    func run() throws {
      var request = ControlRequest(.info)
      request.target = process
      let process = try options.connect().ask(request, for: ProcessSnapshot.self)
      if options.json { return print(Pretty.json(process)) }
      for line in ProcessText(process).lines { print(line) }
    }
  }

  struct State: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The state of a server.")

    @OptionGroup var options: Options
    @Argument(help: "A GenServer, a state machine or a supervisor.")
    var process: String

    func run() throws {
      var request = ControlRequest(.state)
      request.target = process
      let state = try options.connect().ask(request, for: StateSnapshot.self)
      if options.json { return print(Pretty.json(state)) }
      print(Words.lines(state.server.state))
      if let term = state.term { print("as a term: \(Words.lines(term))") }
      for detail in state.server.details { print(Words.lines(detail)) }
    }
  }

  struct Crashes: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The latest crashes, and how many there were of each reason.")

    @OptionGroup var options: Options
    @Flag(name: .shortAndLong, help: "Go on with those that come; as JSON, one a line.")
    var follow = false
    @Flag(help: "Each in full, with the backtrace of a trap.")
    var full = false
    @Option(name: .long, help: "How long to follow, in seconds; an hour at most.")
    var seconds: Double?

    func run() throws {
      let client = try options.connect()
      var request = ControlRequest(.crashes)
      if follow {
        request.follow = true
        request.seconds = seconds
        return try client.follow(request, CrashEntry.self, json: options.json) { CrashText.lines($0, isFull: full) }
      }
      let crashes = try client.ask(request, for: CrashSnapshot.self)
      if options.json { return print(Pretty.json(crashes)) }
      for line in CrashText.lines(crashes, isFull: full) { print(line) }
    }
  }

  struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What a server receives, answers and becomes, until it ends or the time is over.")

    @OptionGroup var options: Options
    @Argument(help: "A GenServer, a state machine or a supervisor.")
    var process: String
    @Option(name: .long, help: "How long, in seconds; an hour at most.")
    var seconds = 60.0

    func run() throws {
      var request = ControlRequest(.trace)
      request.target = process
      request.seconds = seconds
      try options.connect().follow(request, TraceEvent.self, json: options.json) { [Words.line($0.text)] }
    }
  }
#endif
