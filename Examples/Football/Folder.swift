#if GRDB
  import Foundation

  /// Where the database is.
  struct Folder: Sendable {
    private let url: URL
    private let isTemporary: Bool

    /// The folder given, which is made if it is not there; or a temporary one.
    init(_ url: URL?) throws {
      isTemporary = url == nil
      self.url = url ?? FileManager.default.temporaryDirectory.appending(path: "football-\(UUID())")
      try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    var database: String { url.appending(path: "football.sqlite").path(percentEncoded: false) }

    /// At the orderly end of the program: what is temporary goes.
    func remove() {
      if isTemporary { try? FileManager.default.removeItem(at: url) }
    }
  }
#endif
