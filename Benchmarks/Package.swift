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

let package = Package(
  name: "supervision-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-supervision", path: ".."),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
  ],
  targets: [
    .target(name: "CMalloc"),
    .target(name: "CFaults"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CMalloc",
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
