#if ControlSocket
  import ArgumentParser
  import SupervisionControl

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// To which node, and how it is shown.
  struct Options: ParsableArguments {
    @Option(name: .shortAndLong, help: "The path of the node's control socket; else $SUPERVISIONCTL_SOCKET.")
    var socket: String?

    @Option(name: .shortAndLong, help: "A node that `supervisionctl nodes` lists: its program's name, or its pid.")
    var node: String?

    @Flag(help: "What the node has answered, as JSON.")
    var json = false

    func connect() throws -> Client { try Client(path()) }

    private func path() throws -> String {
      if let socket { return socket }
      if node == nil, let value = getenv("SUPERVISIONCTL_SOCKET") { return String(cString: value) }
      let all = SocketPlace.living()
      let wanted = all.filter { found in node.map { $0 == found.program || $0 == "\(found.pid)" } ?? true }
      if wanted.count == 1 { return wanted[0].path }
      if wanted.isEmpty {
        if let node, !all.isEmpty {
          throw ToolFailure.noNode("no node \(node) is running; there are: \(Self.list(all))")
        }
        throw ToolFailure.noNode(
          "no node of this user is running in \(SocketPlace.folders.joined(separator: " or ")); start one with ChildSpec.control() among its children, or give --socket"
        )
      }
      throw ToolFailure.usage("several nodes are running: \(Self.list(wanted)); say which with --node")
    }

    private static func list(_ nodes: [FoundNode]) -> String {
      nodes.map { "\($0.program) (\($0.pid))" }.joined(separator: ", ")
    }
  }
#endif
