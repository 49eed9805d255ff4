import Foundation
import Testing

extension TourTests {
  /// The files that documentation and readers rely on.
  @Suite("the example files")
  struct Files {
    private static let functions = [
      "Cache": "supervisedCache", "DynamicWorkers": "dynamicWorkers", "FootballMatchTracker": "trackMatches",
      "HomemadeSupervisor": "homemade", "Parser": "unsupervised", "WorkerTree": "workerTree",
    ]

    private var folder: URL {
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples/Tour").standardized
    }

    @Test("six examples, and no other file of the tour has a function of theirs")
    func six() throws {
      let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      var found: [String: String] = [:]
      for file in files where file.pathExtension == "swift" {
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
          guard let match = line.wholeMatch(of: /func ([a-zA-Z]+)\(\) async throws \{/) else { continue }
          found[file.deletingPathExtension().lastPathComponent] = String(match.1)
        }
      }
      #expect(found == Self.functions)
    }

    @Test("an example imports Supervision and nothing else", arguments: functions.keys.sorted())
    func imports(name: String) throws {
      let text = try String(contentsOf: folder.appending(path: "\(name).swift"), encoding: .utf8)
      #expect(text.split(separator: "\n").filter { $0.hasPrefix("import ") } == ["import Supervision"])
    }
  }
}
