public import Logging

extension Logger.MetadataProvider {
  /// Tells which process writes a line of the log: `process.id`, and, where it has them, `process.name`, `process.label` and
  /// `supervisor` (what Elixir's `Logger` does with `pid` and `registered_name`).
  ///
  /// The supervisor is the nearest of those above the process: its name, or its id.
  ///
  ///     LoggingSystem.bootstrap(StreamLogHandler.standardOutput, metadataProvider: .process)
  ///
  /// or together with others:
  ///
  ///     Logger.MetadataProvider.multiplex([.process, .own])
  ///
  /// Outside of processes it adds nothing. It is asked once for each line that is written, and takes the lock of the calling
  /// process and of those above it, one after the other; it is not asked for lines below the logger's level.
  public static var process: Logger.MetadataProvider {
    Logger.MetadataProvider {
      guard let cell = ProcessCell.current else { return [:] }
      var metadata: Logger.Metadata = ["process.id": "\(cell.id)"]
      let (name, label, ancestry) = cell.lock.withLock {
        (cell.extras?.registeredName, cell.extras?.label, cell.ancestry)
      }
      if let name { metadata["process.name"] = "\(name)" }
      if let label { metadata["process.label"] = "\(label)" }
      if let supervisor = ancestry?.nearest(\.supervisorText) { metadata["supervisor"] = "\(supervisor)" }
      return metadata
    }
  }
}

extension ProcessCell {
  /// Its name or its id, if it is a supervisor.
  fileprivate final var supervisorText: String? {
    lock.withLock { extras.flatMap { $0.endsOrphans ? $0.registeredName ?? id.description : nil } }
  }
}
