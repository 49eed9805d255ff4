// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
]

// Scripts/check-counts --telemetry sets this: the benchmarks are watched as the variable BENCH_TELEMETRY says.
let isWatched = Context.environment["SUPERVISION_TELEMETRY"] != nil
let watching: [Target.Dependency] = [
  .product(name: "SupervisionIntegrations", package: "swift-supervision"),
  .product(name: "Tracing", package: "swift-distributed-tracing"),
]
let watched: [Package.Dependency] = [
  .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3")
]

let package = Package(
  name: "supervision-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Without TLS, which nothing here needs and which takes longest to build.
    .package(
      name: "swift-supervision", path: "..",
      traits: ["Backtraces", "ErlangDistribution", "Metrics", "ServiceLifecycle", "Subprocess", "Tracing"]),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
  ] + (isWatched ? watched : []),
  targets: [
    .target(name: "CMalloc"),
    .target(name: "CFaults"),
    .target(
      name: "Harness",
      dependencies: ["CMalloc", .product(name: "Supervision", package: "swift-supervision")], swiftSettings: settings),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Harness",
        .product(name: "ErlangTerms", package: "swift-supervision"),
        .product(name: "Supervision", package: "swift-supervision"),
        .product(name: "Logging", package: "swift-log"),
      ] + (isWatched ? watching : []),
      swiftSettings: settings + (isWatched ? [.define("TELEMETRY")] : [])),
    // Every library product, for its release build.
    .target(
      name: "Products",
      dependencies: [
        .product(name: "ErlangDistribution", package: "swift-supervision"),
        .product(name: "ErlangTerms", package: "swift-supervision"),
        .product(name: "Supervision", package: "swift-supervision"),
        .product(name: "SupervisionIntegrations", package: "swift-supervision"),
        .product(name: "SupervisionTesting", package: "swift-supervision"),
      ]),
    .executableTarget(
      name: "dist",
      dependencies: [
        "Harness",
        .product(name: "ErlangDistribution", package: "swift-supervision"),
        .product(name: "ErlangTerms", package: "swift-supervision"),
        .product(name: "Supervision", package: "swift-supervision"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "faults",
      dependencies: [
        "CFaults",
        .product(name: "Supervision", package: "swift-supervision"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
