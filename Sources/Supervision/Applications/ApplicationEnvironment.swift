@_spi(Runtime) import ProcessRuntime
import Synchronization

/// What the program was started with: arguments, and environment variables.
struct OutsideSettings: Sendable {
  var arguments: [String]
  var variable: @Sendable (String) -> String?

  static var ofProgram: OutsideSettings {
    OutsideSettings(arguments: CommandLine.arguments) { Environment.value($0) }
  }

  /// What is said of the key, and where: the last argument, or else the variable.
  func text<Value>(of key: ApplicationKey<Value>) -> (value: String, place: String)? {
    let prefix = key.argument + "="
    if let argument = arguments.last(where: { $0.hasPrefix(prefix) }) {
      return (String(argument.dropFirst(prefix.count)), key.argument)
    }
    return variable(key.variable).map { ($0, key.variable) }
  }
}

/// The configuration of a node's applications (OTP's application environment).
final class ApplicationEnvironment: Sendable {
  private struct Key: Hashable {
    let application: ApplicationName
    let name: String
  }

  private struct State: Sendable {
    var given: [Key: any Sendable] = [:]
    var put: [Key: any Sendable] = [:]
    /// Whose settings are known.
    var entered: Set<ApplicationName> = []
    var outside = OutsideSettings.ofProgram
  }

  private let state = Mutex(State())

  /// That of the caller's node.
  static var current: ApplicationEnvironment {
    Node.current.attachment(ApplicationEnvironment.self) { ApplicationEnvironment() }
  }

  /// For tests: what comes from outside.
  func replaceOutside(_ outside: OutsideSettings) { state.withLock { $0.outside = outside } }

  /// The application's settings; checks what comes from outside.
  ///
  /// `isLoad`: nothing happens if one of its name is known.
  func enter(_ application: any ApplicationBehaviour, isLoad: Bool = false) throws(InvalidSetting) {
    let name = application.name
    if isLoad, state.withLock({ $0.entered.contains(name) }) { return }
    let settings = application.settings
    let outside = state.withLock { $0.outside }
    for setting in settings {
      if let problem = setting.problem(outside) { throw problem }
    }
    state.withLock { state in
      state.entered.insert(name)
      for setting in settings {
        if let value = setting.value { state.given[Key(application: setting.application, name: setting.name)] = value }
      }
    }
  }

  func leave(_ application: ApplicationName) {
    state.withLock { state in
      state.entered.remove(application)
      state.given = state.given.filter { $0.key.application != application }
      state.put = state.put.filter { $0.key.application != application }
    }
  }

  func value<Value>(_ key: ApplicationKey<Value>) -> Value {
    let place = Key(application: key.application, name: key.name)
    let (put, given, outside) = state.withLock { ($0.put[place], $0.given[place], $0.outside) }
    // Unwrapped first: no value at all would be one of an optional type.
    if let put, let value = put as? Value { return value }
    if let text = outside.text(of: key), let value = key.parse(text.value) { return value }
    if let given, let value = given as? Value { return value }
    return key.defaultValue
  }

  func put<Value: Sendable>(_ key: ApplicationKey<Value>, _ value: Value?) {
    state.withLock { $0.put[Key(application: key.application, name: key.name)] = value }
  }
}

extension Applications {
  /// The value of a key at present (`application:get_env/3`): see ``ApplicationKey`` for where it comes from.
  ///
  /// Does not suspend. A value from outside that is not understood is passed over; a key that stands in its application's
  /// settings has been checked when that was started.
  public static func value<Value>(_ key: ApplicationKey<Value>) -> Value { ApplicationEnvironment.current.value(key) }

  /// Sets a value, for who asks from now on (`application:set_env/3`).
  ///
  /// Does not suspend.
  public static func put<Value: Sendable>(_ key: ApplicationKey<Value>, _ value: Value) {
    ApplicationEnvironment.current.put(key, value)
  }

  /// Takes back what was set by ``put(_:_:)`` (`application:unset_env/2`): the value is again what it was at the start.
  public static func reset<Value>(_ key: ApplicationKey<Value>) { ApplicationEnvironment.current.put(key, nil) }
}
