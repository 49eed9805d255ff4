#if ControlSocket
  import ArgumentParser
  import SupervisionControl
  import SupervisionInspection

  /// A command that does something to one process, and says so.
  protocol Doing: ParsableCommand {
    static var command: ControlRequest.Command { get }
    var options: Options { get }
    var process: String { get }
  }

  extension Doing {
    func run() throws {
      var request = ControlRequest(Self.command)
      request.target = process
      let done = try options.connect().ask(request, for: Done.self)
      print(options.json ? Pretty.json(done) : Words.line(done.done))
    }
  }

  struct Kill: Doing {
    static let configuration = CommandConfiguration(abstract: "Ends a process at once, whatever it does.")
    static let command = ControlRequest.Command.kill
    @OptionGroup var options: Options
    @Argument(help: "A process.") var process: String
  }

  struct Restart: Doing {
    static let configuration = CommandConfiguration(abstract: "Stops a child of a supervisor, and starts it again.")
    static let command = ControlRequest.Command.restart
    @OptionGroup var options: Options
    @Argument(help: "A child: its id, supervisor/id, or its process.") var process: String
  }

  struct Suspend: Doing {
    static let configuration = CommandConfiguration(abstract: "Has a server leave its messages where they are.")
    static let command = ControlRequest.Command.suspend
    @OptionGroup var options: Options
    @Argument(help: "A GenServer, a state machine or a supervisor.") var process: String
  }

  struct Resume: Doing {
    static let configuration = CommandConfiguration(abstract: "Has a suspended server go on.")
    static let command = ControlRequest.Command.resume
    @OptionGroup var options: Options
    @Argument(help: "A GenServer, a state machine or a supervisor.") var process: String
  }

  struct Call: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sends a message, and prints the answer.",
      discussion: "The message is a term as Elixir writes it: supervisionctl call cache ':get'")
    @OptionGroup var options: Options
    @Argument(help: "A process whose messages are Codable.") var process: String
    @Argument(help: "The message without its ReplyTo.") var term: String
    @Option(name: .long, help: "How long to wait for the answer, in seconds; 60 at most.") var timeout = 5.0

    func run() throws {
      var request = ControlRequest(.call)
      request.target = process
      request.term = term
      request.seconds = timeout
      let answer = try options.connect().ask(request, for: CallAnswer.self)
      print(options.json ? Pretty.json(answer) : Words.lines(answer.answer))
    }
  }

  struct Cast: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sends a message, and waits for nothing.",
      discussion: "The message is a term as Elixir writes it: supervisionctl cast cache '{:save, \"hola\"}'")
    @OptionGroup var options: Options
    @Argument(help: "A process whose messages are Codable.") var process: String
    @Argument(help: "The message.") var term: String

    func run() throws {
      var request = ControlRequest(.cast)
      request.target = process
      request.term = term
      let done = try options.connect().ask(request, for: Done.self)
      print(options.json ? Pretty.json(done) : Words.line(done.done))
    }
  }
#endif
