public import Logging

/// An environment variable has a value that the library does not understand; its default is used.
public struct SettingReport: Report {
  /// The variable.
  public let variable: String
  /// What it says.
  public let value: String
  /// What it could say.
  public let choices: String

  /// `warning`.
  public var level: Logger.Level { .warning }

  /// The report in one line.
  public var text: String { "\(variable)=\(value) is not understood and not used; it can be \(choices)" }

  /// What there is to filter by.
  public var metadata: Logger.Metadata { ["setting.variable": "\(variable)", "setting.value": "\(value)"] }
}

extension SettingReport {
  /// What is wrong in this program's environment.
  static var problems: [SettingReport] {
    var problems: [SettingReport] = []
    if let value = Environment.value("SUPERVISION_FAULTS"), FaultPolicy(named: value) == nil {
      problems.append(Self(variable: "SUPERVISION_FAULTS", value: value, choices: "crash, contain, containAll"))
    }
    if let value = Environment.value("SUPERVISION_WORKERS"), Int(value).map({ $0 > 0 }) != true {
      problems.append(Self(variable: "SUPERVISION_WORKERS", value: value, choices: "a number from 1 to 1024"))
    }
    if let value = Environment.value("SUPERVISION_PARENT"), value != "0", value != "1" {
      problems.append(Self(variable: "SUPERVISION_PARENT", value: value, choices: "0, 1"))
    }
    return problems
  }
}
