#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@_spi(Runtime) package import ProcessRuntime
import Supervision
import SupervisionInspection
import Synchronization

/// Answers requests: nothing in it knows of a socket.
package struct ControlHandler: Sendable {
  package let configuration: ControlConfiguration
  package let node: Node
  let sampler: Sampler
  let crashes: CrashLog
  private let pace: Shared<Pace>

  package var limits: ControlLimits { configuration.limits }

  package init(_ configuration: ControlConfiguration, node: Node) {
    self.configuration = configuration
    self.node = node
    sampler = Sampler(node: node, configuration.inspection)
    crashes = CrashLog(node: node, keeping: configuration.keptCrashes)
    pace = Shared(Pace(perSecond: configuration.limits.requestsPerSecond))
  }

  package enum Response: Sendable {
    case line(String)
    case stream(ControlStream)
  }

  /// Takes no longer than ``ControlLimits/work``, beside the time for which a call is to wait.
  package func respond(to line: [UInt8], _ attachment: ControlAttachment) async -> Response {
    let wait = pace.withLock { $0.wait(at: Double(Instant.now.monotonic) / 1e9) }
    if wait > 0 { try? await Task.sleep(for: .seconds(wait)) }
    do throws(ControlFailure) {
      let request = try Self.request(line)
      if request.command.isAction, !configuration.allowsActions {
        throw ControlFailure(
          .readOnly, "this node may be looked at and no more: its control socket is started without allowsActions")
      }
      return try await respond(to: request, attachment)
    } catch {
      return .line(JSON.text(ControlRefusal(error)))
    }
  }

  private struct Head: Decodable {
    let v: Int?
    let `do`: String?
  }

  private static func request(_ line: [UInt8]) throws(ControlFailure) -> ControlRequest {
    let data = Data(line)
    guard let head = try? JSONDecoder().decode(Head.self, from: data) else {
      throw ControlFailure(.badRequest, #"a request is one line of JSON, such as {"v":1,"do":"tree"}"#)
    }
    guard head.v == ControlRequest.version else {
      let theirs = head.v.map { "version \($0)" } ?? "no version"
      throw ControlFailure(
        .badRequest,
        "the request has \(theirs) and the node speaks version \(ControlRequest.version); use the supervisionctl of its release"
      )
    }
    guard let command = head.do, ControlRequest.Command(rawValue: command) != nil else {
      let known = ControlRequest.Command.allCases.map(\.rawValue).joined(separator: ", ")
      throw ControlFailure(.badRequest, "there is no such request; there are: \(known)")
    }
    guard let request = try? JSONDecoder().decode(ControlRequest.self, from: data) else {
      throw ControlFailure(.badRequest, "a field of the request is of another type than it should be")
    }
    return request
  }

  private func respond(to request: ControlRequest, _ attachment: ControlAttachment) async throws(ControlFailure)
    -> Response
  {
    switch request.command {
    case .trace: return .stream(try await trace(request))
    case .crashes where request.follow == true: return .stream(followCrashes(request))
    default: break
    }
    if request.command == .top { await attachment.watch() }
    let limit = limits.work + (request.command == .call ? callTimeout(request) : 0)
    let text = try await Apart.run("control request", on: node, within: .seconds(limit)) {
      [self] () throws(ControlFailure) in
      try await answer(to: request)
    }
    return .line(text)
  }

  /// In a process of its own: some of it is the user's code, and a trap in that ends the request and nothing else.
  private func answer(to request: ControlRequest) async throws(ControlFailure) -> String {
    switch request.command {
    case .node: return text(await sampler.node())
    case .tree: return text(await sampler.tree())
    case .ps:
      let query = try query(request)
      return text(await sampler.processes(query))
    case .top:
      let query = try query(request)
      var node = await sampler.node()
      // What a plot would need.
      node.history = []
      return text(TopSnapshot(node: node, processes: await sampler.processes(query)))
    case .crashes: return text(crashes.snapshot())
    case .info: return text(try await info(request))
    case .state: return text(try await state(request))
    case .kill: return text(try await perform(.kill(try await process(request))))
    case .suspend: return text(try await perform(.suspend(try await process(request))))
    case .resume: return text(try await perform(.resume(try await process(request))))
    case .restart: return text(try await restart(request))
    case .call: return text(try await call(request))
    case .cast: return text(try await cast(request))
    case .trace: throw ControlFailure(.badRequest, "a trace is followed")
    }
  }

  func text(_ value: some Codable & Sendable) -> String { JSON.text(ControlAnswer(value)) }

  private func query(_ request: ControlRequest) throws(ControlFailure) -> ProcessQuery {
    var query = ProcessQuery()
    query.search = String((request.search ?? "").prefix(100))
    if let order = request.order {
      guard let order = ProcessQuery.Order(rawValue: order) else {
        let known = ProcessQuery.Order.allCases.map(\.rawValue).joined(separator: ", ")
        throw ControlFailure(.badRequest, "processes are sorted by one of \(known)")
      }
      query = query.ordered(by: order)
      query.ascending = order == .id || order == .name || order == .status
    }
    query.size = min(max(request.limit ?? 50, 1), 1_000)
    return query
  }
}

/// A value behind a lock that copies of a structure share.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}

/// What a node keeps for one who is attached.
package final class ControlAttachment: Sendable {
  private let sampler: Sampler
  private let isWatching = Mutex(false)

  package init(_ handler: ControlHandler) { sampler = handler.sampler }

  /// From now on restarts are counted.
  func watch() async {
    let isNew = isWatching.withLock { isWatching in
      defer { isWatching = true }
      return !isWatching
    }
    if isNew { await sampler.begin() }
  }

  package func end() async {
    let was = isWatching.withLock { isWatching in
      defer { isWatching = false }
      return isWatching
    }
    if was { await sampler.end() }
  }
}
