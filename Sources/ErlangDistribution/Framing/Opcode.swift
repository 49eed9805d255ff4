/// The operation codes of control messages.
enum Opcode {
  static let link = 1
  static let send = 2
  static let exit = 3
  static let sendToName = 6
  static let groupLeader = 7
  static let exitSignal = 8
  static let monitor = 19
  static let demonitor = 20
  static let monitorExit = 21
  static let sendSender = 22
  static let payloadExit = 24
  static let payloadExitSignal = 26
  static let payloadMonitorExit = 28
  static let spawnRequest = 29
  static let spawnReply = 31
  static let sendToAlias = 33
  static let unlink = 35
  static let unlinkAcknowledged = 36
  static let alternativeAction = 37

  /// The variants that carry a token of sequential tracing: the plain code, and where in the tuple the token stands.
  static let traced: [Int: (plain: Int, token: Int)] = [
    12: (send, 3), 13: (exit, 3), 16: (sendToName, 4), 18: (exitSignal, 3), 23: (sendSender, 3), 25: (payloadExit, 3),
    27: (payloadExitSignal, 3), 30: (spawnRequest, 6), 32: (spawnReply, 5), 34: (sendToAlias, 3),
  ]

  /// The flags of opcode 37.
  struct Action: OptionSet {
    let rawValue: UInt64

    static let token = Self(rawValue: 2)
    static let toAlias = Self(rawValue: 4)
    static let toName = Self(rawValue: 8)
    static let exit = Self(rawValue: 16)
  }
}
