#if GRDB
  import Foundation
  import NIOCore
  import ServiceLifecycle
  import Supervision

  /// A server that cannot listen says in one line what to do.
  struct OnPort<Server: Service>: Service {
    private let port: Int
    private let server: Server

    init(_ port: Int, _ server: Server) {
      self.port = port
      self.server = server
    }

    func run() async throws {
      do {
        try await server.run()
      } catch let error as IOError where error.errnoCode == EADDRINUSE {
        throw PortTaken(port: port)
      }
    }
  }

  struct PortTaken: Error, Hashable, CustomStringConvertible {
    let port: Int

    var description: String {
      """
      port \(port) of 127.0.0.1 is taken: another program listens there; \
      end that one, or give this one another port with --port, 0 for any that is free
      """
    }

    /// What a start has failed for, if it was that.
    init?(_ error: any Error) {
      guard let start = error as? StartError, let child = start.reason.shutdownDetail as? ChildStartFailure,
        let taken = child.reason.error as? PortTaken
      else { return nil }
      self = taken
    }

    init(port: Int) { self.port = port }
  }
#endif
