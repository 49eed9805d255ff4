/// One value of an application's configuration, with its type (a key of OTP's application environment).
///
///     extension ApplicationKey {
///       static var port: ApplicationKey<Int> { ApplicationKey<Int>("store", "port", default: 8_080) }
///     }
///
///     let port = Applications.value(.port)
///
/// The value is, of these, the first that there is:
///
/// 1. what was set while the program runs: ``Applications/put(_:_:)``;
/// 2. the argument `--store.port=9090` of the program;
/// 3. the environment variable `STORE_PORT`;
/// 4. what the application says in its ``ApplicationBehaviour/settings``;
/// 5. the key's default.
public struct ApplicationKey<Value: Sendable>: Sendable {
  /// Whose value it is.
  public let application: ApplicationName
  /// Its name, such as `port` or `poolSize`.
  public let name: String
  /// The value if nobody says otherwise.
  public let defaultValue: Value
  /// Reads an argument, or an environment variable; nil if it is not understood.
  let parse: @Sendable (String) -> Value?

  /// A key of any type.
  ///
  /// - Parameters:
  ///   - application: whose value it is.
  ///   - name: its name within the application.
  ///   - defaultValue: the value if nobody says otherwise.
  ///   - parse: reads an argument, or an environment variable; nil if it is not understood.
  public init(
    _ application: ApplicationName, _ name: String, default defaultValue: Value,
    parse: @escaping @Sendable (String) -> Value?
  ) {
    self.application = application
    self.name = name
    self.defaultValue = defaultValue
    self.parse = parse
  }

  /// A key of a type that is written as text: numbers, `Bool`, `String`.
  public init(_ application: ApplicationName, _ name: String, default defaultValue: Value)
  where Value: LosslessStringConvertible {
    self.init(application, name, default: defaultValue) { Value($0) }
  }

  /// A key without a default.
  public init<Wrapped: LosslessStringConvertible & Sendable>(_ application: ApplicationName, _ name: String)
  where Value == Wrapped? {
    self.init(application, name, default: nil) { text in Wrapped(text).map { $0 } }
  }

  /// `--store.pool-size`: the argument that sets it, before the `=`.
  public var argument: String { "--\(application.text).\(SettingName.words(name).joined(separator: "-"))" }

  /// `STORE_POOL_SIZE`: the environment variable that sets it.
  public var variable: String {
    (SettingName.words(application.text) + SettingName.words(name)).map { $0.uppercased() }.joined(separator: "_")
  }
}

/// A key that an application has, and the value that the application gives it.
public struct ApplicationSetting: Sendable {
  let application: ApplicationName
  let name: String
  /// Nil: the key's default.
  let value: (any Sendable)?
  /// What is wrong with the value from outside; nil if nothing is.
  let problem: @Sendable (OutsideSettings) -> InvalidSetting?

  /// A key, with a value that comes before the key's default.
  public init<Value>(_ key: ApplicationKey<Value>, _ value: Value? = nil) {
    application = key.application
    name = key.name
    self.value = value
    problem = { outside in
      guard let text = outside.text(of: key), key.parse(text.value) == nil else { return nil }
      return InvalidSetting(place: text.place, value: text.value, type: "\(Value.self)")
    }
  }
}

/// A value from outside that is not understood.
public struct InvalidSetting: Error, Hashable, CustomStringConvertible {
  /// The argument or the environment variable.
  public let place: String
  /// What it says.
  public let value: String
  /// What it should be.
  public let type: String

  /// `STORE_PORT=eighty is not understood; it must be of type Int`.
  public var description: String { "\(place)=\(value) is not understood; it must be of type \(type)" }
}

enum SettingName {
  /// `poolSize`, `pool_size` and `pool-size` are two words, `pool` and `size`; each in lower case.
  static func words(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in name {
      let isBreak = !character.isLetter && !character.isNumber
      if isBreak || (character.isUppercase && word.last?.isUppercase != true) {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if !isBreak { word.append(character) }
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }
}
