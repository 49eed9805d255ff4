#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many processors the program may use: those of the machine, or fewer if it was given some of them (`taskset`, a cpuset), or
/// a quota of their time (a container's limit).
enum Processors {
  static var available: Int { count(online: online, allowed: allowed(contents), quota: quota(contents)) }

  /// A quota of one and a half takes two threads.
  static func count(online: Int, allowed: Int?, quota: Double?) -> Int {
    let allowed = min(online, allowed ?? online)
    guard let quota, quota < Double(allowed) else { return max(1, allowed) }
    return max(1, Int(quota.rounded(.up)))
  }

  private static var online: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Those that the program was given; nil where the system does not say.
  static func allowed(_ contents: (String) -> String?) -> Int? {
    guard let status = contents("/proc/self/status") else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed:") {
      // A mask in hexadecimal digits, with a comma after each eight.
      return line.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    }
    return nil
  }

  /// The least quota of the control groups that the program is in, in processors; nil without one.
  ///
  /// Within a container the group's own path may be one of the host's, which is not there; what counts is at the root then.
  static func quota(_ contents: (String) -> String?) -> Double? {
    guard let groups = contents("/proc/self/cgroup") else { return nil }
    var least: Double?
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      for path in withParents(fields[2]) {
        let found: Double?
        if fields[0] == "0", fields[1].isEmpty {
          found = contents("/sys/fs/cgroup\(path)/cpu.max").flatMap(ratio)
        } else if fields[1].split(separator: ",").contains("cpu") {
          let folder = "/sys/fs/cgroup/cpu\(path)"
          found = contents("\(folder)/cpu.cfs_quota_us").flatMap { quota in
            contents("\(folder)/cpu.cfs_period_us").flatMap { ratio("\(quota) \($0)") }
          }
        } else {
          continue
        }
        if let found { least = min(least ?? found, found) }
      }
    }
    return least
  }

  /// A path, those above it, and the root, as they stand before the name of a file.
  private static func withParents(_ path: Substring) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).map { count in parts.prefix(count).map { "/" + $0 }.joined() }
  }

  /// `150000 100000`: one and a half; nil for `max 100000` and `-1 100000`.
  private static func ratio(_ text: String) -> Double? {
    let numbers = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard numbers.count == 2, let time = numbers[0], let period = numbers[1], time > 0, period > 0 else { return nil }
    return time / period
  }

  /// Of a short file; nil if it cannot be read.
  private static func contents(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
