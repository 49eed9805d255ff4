/// What a node says of itself in the handshake: which parts of the protocol it knows.
package struct DistributionFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  private init(bit: UInt64) { rawValue = 1 << bit }

  /// It wants to be seen in `nodes()`, and to take part in `global`.
  package static let published = Self(bit: 0)
  package static let extendedReferences = Self(bit: 2)
  package static let monitors = Self(bit: 3)
  package static let functionTags = Self(bit: 4)
  package static let monitorsByName = Self(bit: 5)
  package static let newFunctionTags = Self(bit: 7)
  package static let extendedPidsAndPorts = Self(bit: 8)
  package static let exportTag = Self(bit: 9)
  package static let bitstrings = Self(bit: 10)
  package static let newFloats = Self(bit: 11)
  package static let unicodeIO = Self(bit: 12)
  package static let atomCache = Self(bit: 13)
  package static let smallAtomTags = Self(bit: 14)
  package static let utf8Atoms = Self(bit: 16)
  package static let mapTag = Self(bit: 17)
  package static let bigCreation = Self(bit: 18)
  package static let sendSender = Self(bit: 19)
  package static let bigTraceLabels = Self(bit: 20)
  package static let exitPayload = Self(bit: 22)
  package static let fragments = Self(bit: 23)
  package static let handshake23 = Self(bit: 24)
  package static let unlinkID = Self(bit: 25)
  /// Stands for all flags that OTP 25 demands.
  package static let mandatory25 = Self(bit: 26)
  package static let spawn = Self(bit: 32)
  /// Asks for a name instead of having one.
  package static let nameMe = Self(bit: 33)
  package static let v4Identifiers = Self(bit: 34)
  package static let alias = Self(bit: 35)
  /// Opcode 37: priority messages, and messages to aliases, of OTP 28.
  package static let alternativeActions = Self(bit: 37)
}

extension DistributionFlags {
  /// What OTP 25 demands of a peer, and ``mandatory25`` stands for.
  package static let demandedBy25 = Self(rawValue: 0x107_0f94)
  /// What OTP 26 and later demand, and so do we.
  package static let demanded = Self(rawValue: 0x4_0307_0f94)
  /// What a node of this library offers that others do not list: `nodes(hidden)`.
  package static let hidden = Self(rawValue: 0xd_07df_7fbc)
  /// What a node offers that takes part in the cluster: `nodes()`.
  package static let visible = Self(rawValue: 0xd_07df_7fbd)

  /// The flags that these stand for.
  package var expanded: Self { contains(.mandatory25) ? union(.demandedBy25) : self }

  /// What is demanded of a peer and these, expanded, do not have.
  package var missing: Self { Self.demanded.subtracting(expanded) }
}
