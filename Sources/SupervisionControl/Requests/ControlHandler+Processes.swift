import ErlangTerms
@_spi(Runtime) import ProcessRuntime
import Supervision
import SupervisionInspection

/// One process.
extension ControlHandler {
  func process(_ request: ControlRequest) async throws(ControlFailure) -> ProcessID {
    guard let text = request.target, !text.isEmpty else {
      throw ControlFailure(.badRequest, "the request is about a process; name one in `target`")
    }
    return try await ProcessFinder(node: node, sampler: sampler).process(text)
  }

  func info(_ request: ControlRequest) async throws(ControlFailure) -> ProcessSnapshot {
    let process = try await process(request)
    guard let snapshot = await sampler.process(process.number) else {
      throw ControlFailure(.notFound, "\(process) has ended meanwhile")
    }
    return snapshot
  }

  func state(_ request: ControlRequest) async throws(ControlFailure) -> StateSnapshot {
    guard configuration.showsStates else {
      throw ControlFailure(.readOnly, "states are not shown: the control socket is started without showsStates")
    }
    let process = try await process(request)
    let status: SystemStatus
    do throws(SysError) {
      status = try await Sys.getStatus(of: process, timeout: .seconds(limits.work / 2))
    } catch {
      throw ControlFailure(error)
    }
    return StateSnapshot(
      process: "\(process)", title: ProcessLink(process).title, server: ServerSnapshot(status),
      term: await StateTerm.text(of: process))
  }

  func perform(_ action: Action) async throws(ControlFailure) -> Done {
    do throws(Action.Failure) {
      return Done(try await action.perform().get())
    } catch {
      throw ControlFailure(.failed, error.text)
    }
  }

  /// The child of a supervisor: stopped if it runs, and started again.
  func restart(_ request: ControlRequest) async throws(ControlFailure) -> Done {
    guard let text = request.target, !text.isEmpty else {
      throw ControlFailure(.badRequest, "say which child is to be started again in `target`")
    }
    let place = try await ProcessFinder(node: node, sampler: sampler).place(text)
    return try await perform(.restart(place.supervisor, child: place.child))
  }
}

extension ControlFailure {
  init(_ error: SysError) {
    switch error.kind {
    case .notAServer(let process):
      self.init(
        .failed,
        "\(process) answers no system messages; only GenServers, state machines and supervisors have a state to show")
    case .call(let error):
      switch error.kind {
      case .timeout: self.init(.timeout, "it has not answered in time: it is busy, or waits for something")
      case .noProcess: self.init(.notFound, "it has ended meanwhile")
      default: self.init(.failed, error.description)
      }
    default: self.init(.failed, error.description)
    }
  }
}
