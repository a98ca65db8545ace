// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // Checked in debug builds, where the tests run; at run time it costs a tenth of a streamed event.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

// Targets stand in the order of the way of a request, lowest first: a target imports only targets above it.
// docs/architecture.md says what lives where.
let package = Package(
    name: "dial-bedrock-adapter",
    products: [
        .executable(name: "bedrock-adapter", targets: ["bedrock-adapter"]),
        .executable(name: "bedrock-sandbox", targets: ["bedrock-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        .target(name: "CLinux"),
        .target(name: "CChecksum", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("z")]),
        .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.unsafeFlags(["-O2"])],
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]
        ),

        .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: strict),
        .target(name: "EventLoop", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "FastCGI", dependencies: ["CFastCGI", "CLinux", "EventLoop"], swiftSettings: strict),
        .target(name: "HTTPClient", dependencies: ["CCurl", "EventLoop"], swiftSettings: strict),
        .target(
            name: "AWS",
            dependencies: ["CChecksum", "CLinux", "COpenSSL", "JSON", "HTTPClient"],
            swiftSettings: strict
        ),
        .target(name: "DIAL", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "Bedrock", dependencies: ["AWS", "HTTPClient", "JSON"], swiftSettings: strict),
        .target(name: "Catalog", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "CClaudeTokenizer", exclude: ["Data"]),
        .target(name: "Tokenization", dependencies: ["CClaudeTokenizer", "JSON"], swiftSettings: strict),
        .target(
            name: "Adapters",
            dependencies: ["AWS", "DIAL", "Bedrock", "Catalog", "Tokenization", "JSON"],
            swiftSettings: strict
        ),
        .target(name: "CDocumentation", exclude: ["Pages"]),
        .target(
            name: "Gateway",
            dependencies: [
                "CDocumentation", "CZlib", "Adapters", "AWS", "Bedrock", "Catalog", "DIAL", "EventLoop", "FastCGI",
                "HTTPClient", "JSON",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bedrock-adapter",
            dependencies: ["Gateway", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict
        ),

        // The stand-in for AWS: it shares FastCGI, JSON, the event loop, event-stream framing and calendar of the adapter.
        .target(
            name: "BedrockSandbox",
            dependencies: ["FastCGI", "JSON", "AWS", "EventLoop", "COpenSSL", "CZlib"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "bedrock-sandbox",
            dependencies: [
                "BedrockSandbox", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // What tests of several targets share.
        .target(
            name: "HTTPClientTesting",
            dependencies: ["HTTPClient"],
            path: "Tests/HTTPClientTesting",
            swiftSettings: strict
        ),
        .target(name: "RandomTesting", path: "Tests/RandomTesting", swiftSettings: strict),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "RandomTesting"], swiftSettings: strict),
        .testTarget(name: "EventLoopTests", dependencies: ["EventLoop"], swiftSettings: strict),
        .testTarget(
            name: "FastCGITests",
            dependencies: ["FastCGI", "EventLoop", "RandomTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: ["CCurl", "HTTPClient", "EventLoop", "RandomTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AWSTests",
            dependencies: ["AWS", "CChecksum", "HTTPClient", "HTTPClientTesting", "JSON", "RandomTesting"],
            swiftSettings: strict
        ),
        .testTarget(name: "DIALTests", dependencies: ["DIAL", "JSON", "RandomTesting"], swiftSettings: strict),
        .testTarget(
            name: "BedrockTests",
            dependencies: ["Bedrock", "AWS", "HTTPClient", "JSON"],
            swiftSettings: strict
        ),
        .testTarget(name: "CatalogTests", dependencies: ["Catalog", "JSON"], swiftSettings: strict),
        .testTarget(name: "TokenizationTests", dependencies: ["Tokenization", "AWS", "JSON"], swiftSettings: strict),
        .testTarget(
            name: "AdaptersTests",
            dependencies: ["Adapters", "AWS", "Bedrock", "Catalog", "DIAL", "HTTPClient", "JSON", "RandomTesting"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "AWS", "Bedrock", "Catalog", "CLinux", "DIAL", "EventLoop", "FastCGI", "HTTPClient",
                "HTTPClientTesting", "JSON",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BedrockSandboxTests",
            dependencies: ["BedrockSandbox", "AWS", "HTTPClient", "JSON"],
            swiftSettings: strict
        ),
    ],
    cxxLanguageStandard: .cxx17
)
