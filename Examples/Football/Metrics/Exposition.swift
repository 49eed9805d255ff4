#if GRDB
  import Metrics
  import Synchronization

  /// Keeps the program's metrics, and writes them in Prometheus' text format.
  ///
  /// A program that has a package for that uses it; this one shows how little there is to it.
  final class Exposition: MetricsFactory {
    struct Key: Hashable, Sendable {
      let name: String
      /// As they are written: `kind="trap",node="a"`.
      let labels: String

      init(_ label: String, _ dimensions: [(String, String)]) {
        name = Self.clean(label)
        labels = dimensions.map { "\(Self.clean($0))=\"\(Self.quote($1))\"" }.joined(separator: ",")
      }

      private static func clean(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
      }

      private static func quote(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      }
    }

    private let series = Mutex<[Key: any Series]>([:])

    /// All series, those of one name together.
    var text: String {
      let all = series.withLock { $0.sorted { ($0.key.name, $0.key.labels) < ($1.key.name, $1.key.labels) } }
      var text = ""
      var name = ""
      for (key, series) in all {
        if key.name != name { text += "# TYPE \(key.name) \(series.kind)\n" }
        name = key.name
        for (suffix, label, value) in series.samples {
          let labels = [key.labels, label].filter { !$0.isEmpty }.joined(separator: ",")
          text += "\(key.name)\(suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
        }
      }
      return text
    }

    /// The series of that name and labels; a new one if there is none of that kind.
    private func find<Wanted: Series>(
      _ label: String, _ dimensions: [(String, String)], _ make: () -> Wanted
    ) -> Wanted {
      series.withLock { series in
        let key = Key(label, dimensions)
        if let known = series[key] as? Wanted { return known }
        let new = make()
        series[key] = new
        return new
      }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
      find(label, dimensions) { Count() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
      find(label, dimensions) { Gauge() }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
      find(label, dimensions) { Histogram() }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
      find("\(label)_seconds", dimensions) { Histogram() }
    }

    // A series stays when whoever wrote it has gone: a counter must not begin again.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
  }
#endif
