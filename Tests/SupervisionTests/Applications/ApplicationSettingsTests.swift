import ProcessRuntime
@_spi(Runtime) @testable import Supervision
import SupervisionTesting
import Testing

@Suite("Applications: settings", .timeLimit(.minutes(1)))
struct ApplicationSettingsTests {
  private static let port = ApplicationKey<Int>("my store", "httpPort", default: 80)
  private static let host = ApplicationKey<String?>("my store", "host")
  private static let color = ApplicationKey<[Int]>("my store", "color", default: []) { text in
    let parts = text.split(separator: "-").map { Int($0) }
    return parts.contains(nil) ? nil : parts.compactMap { $0 }
  }

  private static func outside(_ arguments: [String] = [], _ variables: [String: String] = [:]) {
    ApplicationEnvironment.current.replaceOutside(
      OutsideSettings(arguments: ["program"] + arguments) { variables[$0] })
  }

  @Test(
    "APP-14: a value is what was put, else the argument, else the variable, else the application's, else the default")
  func precedence() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      Self.outside()
      #expect(Applications.value(Self.port) == 80)
      #expect(Applications.value(Self.host) == nil)
      let app = App("my store", stage).with { $0.settings = [ApplicationSetting(Self.port, 81)] }
      try await Applications.load(app)
      #expect(Applications.value(Self.port) == 81)
      Self.outside([], ["MY_STORE_HTTP_PORT": "82", "MY_STORE_HOST": "here"])
      #expect(Applications.value(Self.port) == 82)
      #expect(Applications.value(Self.host) == "here")
      Self.outside(["--my store.http-port=7", "--my store.http-port=83"], ["MY_STORE_HTTP_PORT": "82"])
      #expect(Applications.value(Self.port) == 83)
      Applications.put(Self.port, 84)
      #expect(Applications.value(Self.port) == 84)
      Applications.reset(Self.port)
      #expect(Applications.value(Self.port) == 83)
      Self.outside()
      try await Applications.unload("my store")
      #expect(Applications.value(Self.port) == 80)
    }
  }

  @Test("APP-14: values are of any type that can be read from text, and belong to one node")
  func types() async throws {
    try await withTestNode { _ in
      Self.outside(["--my store.color=1-2-3"])
      #expect(Applications.value(Self.color) == [1, 2, 3])
      Applications.put(Self.port, 9)
    }
    try await withTestNode { _ in #expect(Applications.value(Self.port) == 80) }
  }

  @Test(
    "APP-14: names of arguments and variables follow from the key's",
    arguments: zip(
      ["port", "poolSize", "pool_size", "HTTPPort2"],
      ["STORE_PORT", "STORE_POOL_SIZE", "STORE_POOL_SIZE", "STORE_HTTPPORT2"]))
  func names(name: String, variable: String) {
    #expect(ApplicationKey<Int>("store", name, default: 0).variable == variable)
    #expect(ApplicationKey<Int>("store", "poolSize", default: 0).argument == "--store.pool-size")
  }

  @Test("APP-19: a value from outside that is not understood fails the start, and says where it stands")
  func invalid() async throws {
    try await withTestNode { _ in
      let stage = Stage()
      Self.outside([], ["MY_STORE_HTTP_PORT": "eighty"])
      let app = App("my store", stage).with { $0.settings = [ApplicationSetting(Self.port)] }
      let error = await applicationError { () async throws(ApplicationError) in try await Applications.start(app) }
      #expect(
        error
          == "application my store: start failed: InvalidSetting: MY_STORE_HTTP_PORT=eighty is not understood; it must be of type Int"
      )
      // A key that no application has declared is passed over.
      #expect(Applications.value(Self.port) == 80)
      #expect(stage.take().isEmpty)
    }
  }

  @Test("APP-14: the application's own children read its values when they start")
  func inChildren() async throws {
    struct Reader: ApplicationBehaviour {
      let probe: Probe<Int>
      var name: ApplicationName { "my store" }
      var settings: [ApplicationSetting] { [ApplicationSetting(ApplicationSettingsTests.port, 99)] }
      var children: [ChildSpec] {
        ChildSpec.task("reader", restart: .temporary) {
          probe.ref.send(Applications.value(ApplicationSettingsTests.port))
        }
      }
    }
    try await withTestNode { _ in
      let probe = Probe<Int>()
      try await Applications.start(Reader(probe: probe))
      #expect(try await probe.next() == 99)
    }
  }
}
