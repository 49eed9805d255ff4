// swift-tools-version: 6.2

import PackageDescription

// Only the module that nodes talk to each other with needs these: without its trait nobody fetches them.
let distribution = TargetDependencyCondition.when(traits: ["ErlangDistribution"])
let network: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio", condition: distribution),
  .product(name: "NIOPosix", package: "swift-nio", condition: distribution),
]
let security: [Target.Dependency] = [
  .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"]))
]

// Only the observer's web page and requests that run in processes need these, and the page's server the last one.
let hummingbird = TargetDependencyCondition.when(traits: ["Hummingbird"])
let requests: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird", condition: hummingbird),
  .product(name: "HTTPTypes", package: "swift-http-types", condition: hummingbird),
  .product(name: "NIOCore", package: "swift-nio", condition: hummingbird),
]
let web: [Target.Dependency] =
  requests + [.product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: hummingbird)]

// Only the socket that supervisionctl attaches to needs SwiftNIO, and only the tool swift-argument-parser.
let controlSocket = TargetDependencyCondition.when(traits: ["ControlSocket"])

// Only the example `football` needs these.
let grdb = TargetDependencyCondition.when(traits: ["GRDB"])
let football: [Target.Dependency] = [
  .product(name: "GRDB", package: "GRDB.swift", condition: grdb),
  .product(name: "Hummingbird", package: "hummingbird", condition: grdb),
  .product(name: "HTTPTypes", package: "swift-http-types", condition: grdb),
  .product(name: "Metrics", package: "swift-metrics", condition: grdb),
  .product(name: "NIOCore", package: "swift-nio", condition: grdb),
  .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: grdb),
  .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: grdb),
]

let package = Package(
  name: "swift-supervision",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Supervision", targets: ["Supervision"]),
    .library(name: "SupervisionTesting", targets: ["SupervisionTesting"]),
    .library(name: "SupervisionIntegrations", targets: ["SupervisionIntegrations"]),
    .library(name: "SupervisionControl", targets: ["SupervisionControl"]),
    .library(name: "SupervisionObserver", targets: ["SupervisionObserver"]),
    .library(name: "ErlangTerms", targets: ["ErlangTerms"]),
    .library(name: "ErlangDistribution", targets: ["ErlangDistribution"]),
    .executable(name: "football", targets: ["football"]),
    .executable(name: "observed", targets: ["observed"]),
    .executable(name: "tour", targets: ["tour"]),
    .executable(name: "seed-node", targets: ["seed-node"]),
    .executable(name: "supervisionctl", targets: ["supervisionctl"]),
    .executable(name: "two-nodes", targets: ["two-nodes"]),
  ],
  traits: [
    .trait(
      name: "Backtraces",
      description:
        "Crash reports of traps name functions and lines, by the toolchain's Runtime library; else addresses."),
    .trait(
      name: "ControlSocket",
      description: "SupervisionControl: a socket that the tool supervisionctl attaches to; else there is neither."),
    .trait(
      name: "ErlangDistribution",
      description:
        "Nodes speak Erlang's distribution protocol, over SwiftNIO; else the module ErlangDistribution is empty."),
    .trait(
      name: "GRDB",
      description: "Needed by the example football alone, which keeps its scores in SQLite; else it says so and ends.",
      enabledTraits: ["Hummingbird", "Metrics", "ServiceLifecycle"]),
    .trait(
      name: "Hummingbird",
      description:
        "SupervisionObserver: the page of a running node; SupervisionIntegrations: requests run in processes."),
    .trait(
      name: "ServiceLifecycle",
      description: "SupervisionIntegrations: services are children, and trees are services, of swift-service-lifecycle."
    ),
    .trait(
      name: "TLS", description: "Nodes encrypt what they say to each other, by NIOSSL; else they have no such option.",
      enabledTraits: ["ErlangDistribution"]),
    .trait(name: "Metrics", description: "SupervisionIntegrations: a node's numbers go to swift-metrics."),
    .trait(name: "Tracing", description: "SupervisionIntegrations: messages carry spans of swift-distributed-tracing."),
    .trait(name: "Subprocess", description: "SupervisionIntegrations: OS processes are children, by swift-subprocess."),
    .default(enabledTraits: [
      "Backtraces", "ControlSocket", "ErlangDistribution", "GRDB", "Hummingbird", "Metrics", "ServiceLifecycle",
      "Subprocess", "TLS", "Tracing",
    ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    // For the product ErlangDistribution, and only with its trait, or with that of TLS.
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.96.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
    // For the products SupervisionObserver and SupervisionIntegrations, and only with its trait.
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
    // For the tool supervisionctl, and only with the trait of its socket.
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    // Fetched for the product SupervisionIntegrations alone, and each only with its trait.
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0", traits: []),
    // For the example football, and only with its trait.
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
  ],
  targets: [
    .target(name: "CFaultBarrier"),
    .target(name: "CPoller"),
    .target(name: "CProgram"),
    .target(name: "CSpinLock"),
    .target(name: "FaultBarrier", dependencies: ["CFaultBarrier"]),
    .target(
      name: "ProcessRuntime",
      dependencies: ["CPoller", "CSpinLock", "FaultBarrier", .product(name: "Logging", package: "swift-log")]),
    .target(
      name: "Supervision",
      dependencies: ["CProgram", "ProcessRuntime", .product(name: "Logging", package: "swift-log")]),
    .target(name: "SupervisionTesting", dependencies: ["Supervision"]),
    .target(
      name: "SupervisionIntegrations",
      dependencies: [
        "Supervision", .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
        .product(
          name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["ServiceLifecycle"])),
        .product(name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["Subprocess"])),
        .product(name: "SystemPackage", package: "swift-system", condition: .when(traits: ["Subprocess"])),
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
        .product(name: "Hummingbird", package: "hummingbird", condition: hummingbird),
      ]),
    .target(name: "SupervisionInspection", dependencies: ["Supervision"]),
    .target(
      name: "SupervisionObserver",
      dependencies: ["Supervision", "SupervisionInspection", .product(name: "Logging", package: "swift-log")] + web),
    .target(
      name: "SupervisionControl",
      dependencies: [
        "ErlangTerms", "Supervision", "SupervisionInspection",
        .product(name: "NIOCore", package: "swift-nio", condition: controlSocket),
        .product(name: "NIOPosix", package: "swift-nio", condition: controlSocket),
      ]),
    .target(name: "ErlangTerms"),
    .target(
      name: "ErlangDistribution",
      dependencies: ["ErlangTerms", "Supervision", .product(name: "Logging", package: "swift-log")] + network + security
    ),
    .executableTarget(
      name: "football",
      dependencies: [
        "Supervision", "SupervisionIntegrations", "SupervisionObserver",
        .product(name: "Logging", package: "swift-log"),
      ] + football, path: "Examples/Football"),
    .executableTarget(
      name: "supervisionctl",
      dependencies: [
        "SupervisionControl", "SupervisionInspection",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: controlSocket),
      ],
      path: "Tools/supervisionctl"),
    .executableTarget(
      name: "observed",
      dependencies: ["ErlangDistribution", "Supervision", "SupervisionControl", "SupervisionObserver"],
      path: "Examples/Observed"),
    .executableTarget(name: "tour", dependencies: ["Supervision"], path: "Examples/Tour"),
    .executableTarget(
      name: "seed-node", dependencies: ["ErlangDistribution", "ErlangTerms", "Supervision"], path: "Examples/SeedNode",
      exclude: ["seeds.exs"]),
    .executableTarget(
      name: "two-nodes", dependencies: ["ErlangDistribution", "ErlangTerms", "Supervision"], path: "Examples/TwoNodes",
      exclude: ["two_nodes.exs"]),
    .target(name: "CTestSettings", path: "Tests/CTestSettings"),
    .executableTarget(
      name: "otp-interop-fixture",
      dependencies: ["ErlangDistribution", "ErlangTerms", "Supervision"], path: "Tests/InteropFixture"),
    .executableTarget(
      name: "ProgramFixture", dependencies: ["CTestSettings", "Supervision"], path: "Tests/ProgramFixture"),
    .testTarget(name: "FaultBarrierTests", dependencies: ["CTestSettings", "FaultBarrier"]),
    .testTarget(
      name: "ProcessRuntimeTests",
      dependencies: ["CTestSettings", "FaultBarrier", "ProcessRuntime", "Supervision", "SupervisionTesting"]),
    .testTarget(
      name: "SupervisionTests",
      dependencies: [
        "CTestSettings", "ProgramFixture", "Supervision", "SupervisionTesting",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(name: "TermFuzz", dependencies: ["ErlangTerms"], path: "Tests/TermFuzz"),
    .testTarget(name: "ErlangTermsTests", dependencies: ["ErlangTerms", "TermFuzz"], exclude: ["Erlang/Scripts"]),
    .testTarget(
      name: "ErlangDistributionTests",
      dependencies: ["ErlangDistribution", "ErlangTerms", "ProcessRuntime", "Supervision", "SupervisionTesting"]
        + network + security,
      exclude: ["Data"]),
    .testTarget(
      name: "DifferentialTests",
      dependencies: [
        "CTestSettings", "ErlangDistribution", "ErlangTerms", "ProcessRuntime", "Supervision", "SupervisionTesting",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/Differential", exclude: ["Erlang"]),
    .executableTarget(
      name: "CommandFixture",
      dependencies: ["Supervision", "SupervisionIntegrations", .product(name: "Logging", package: "swift-log")],
      path: "Tests/CommandFixture"),
    .testTarget(
      name: "SupervisionIntegrationsTests",
      dependencies: [
        "CommandFixture", "CTestSettings", "Supervision", "SupervisionIntegrations", "SupervisionTesting",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
        .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
        .product(
          name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["ServiceLifecycle"])),
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
      ] + requests),
    .testTarget(
      name: "SupervisionControlTests",
      dependencies: [
        "CTestSettings", "ErlangDistribution", "ProcessRuntime", "Supervision", "SupervisionControl",
        "SupervisionInspection", "supervisionctl",
        .product(name: "NIOCore", package: "swift-nio", condition: controlSocket),
      ]),
    .testTarget(
      name: "SupervisionObserverTests",
      dependencies: [
        "CTestSettings", "ProcessRuntime", "Supervision", "SupervisionInspection", "SupervisionObserver",
        "SupervisionTesting",
      ] + web),
    .testTarget(
      name: "FootballTests",
      dependencies: ["CTestSettings", "football", "Supervision", "SupervisionIntegrations", "SupervisionTesting"]
        + football),
    .testTarget(name: "TourTests", dependencies: ["CTestSettings", "tour", "Supervision", "SupervisionTesting"]),
  ],
  swiftLanguageModes: [.v6]
)

let inC = ["CFaultBarrier", "CPoller", "CProgram", "CSpinLock", "CTestSettings"]
for target in package.targets where !inC.contains(target.name) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
  ]
}

// Scripts/build-strict and Scripts/check-all set this: a warning then fails the build, in the build folder of everybody.
if Context.environment["SUPERVISION_STRICT"] != nil {
  for target in package.targets where target.swiftSettings != nil {
    target.swiftSettings?.append(.treatAllWarnings(as: .error))
  }
}

// Scripts/check-sanitizers sets this: names of test targets, and no others are built.
if let wanted = Context.environment["SUPERVISION_TESTS"]?.split(separator: ",").map(String.init) {
  package.targets.removeAll { $0.type == .test && !wanted.contains($0.name) }
}

for target in package.targets where target.name == "FaultBarrier" {
  target.swiftSettings?.append(.strictMemorySafety())
}
