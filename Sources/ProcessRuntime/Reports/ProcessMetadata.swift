public import Logging

extension Logger.MetadataProvider {
  /// Tells which process writes a line of the log: `process.id`, and, where it has them, `process.name` and `process.label`
  /// (what Elixir's `Logger` does with `pid` and `registered_name`).
  ///
  ///     LoggingSystem.bootstrap(StreamLogHandler.standardOutput, metadataProvider: .process)
  ///
  /// or together with others:
  ///
  ///     Logger.MetadataProvider.multiplex([.process, .own])
  ///
  /// Outside of processes it adds nothing. It is asked once for each line that is written, and takes the lock of the calling
  /// process; it is not asked for lines below the logger's level.
  public static var process: Logger.MetadataProvider {
    Logger.MetadataProvider {
      guard let cell = ProcessCell.current else { return [:] }
      var metadata: Logger.Metadata = ["process.id": "\(cell.id)"]
      let (name, label) = cell.lock.withLock { (cell.extras?.registeredName, cell.extras?.label) }
      if let name { metadata["process.name"] = "\(name)" }
      if let label { metadata["process.label"] = "\(label)" }
      return metadata
    }
  }
}
