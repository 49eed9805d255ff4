import ProcessRuntime
public import Supervision

extension Timeline {
  /// A child that exists in a timeline only.
  ///
  /// As text: its id, and what differs from a permanent worker: `"b"`, `"b temporary"`, `"b transient significant"`,
  /// `"b brutalKill"`, `"b supervisor"`.
  public struct Child: Sendable, ExpressibleByStringLiteral {
    let spec: ChildSpec

    /// A child with these properties.
    public init(
      _ id: ChildSpec.ID,
      restart: ChildSpec.Restart = .permanent,
      shutdown: ChildSpec.Shutdown? = nil,
      significant: Bool = false,
      kind: ChildSpec.Kind = .worker
    ) {
      spec = ChildSpec(id: id, restart: restart, shutdown: shutdown, significant: significant, kind: kind) { nil }
    }

    /// The child of a real specification, with its ``ChildCare``; its closure is not run.
    ///
    /// Chance has no part in the waits of a timeline: each is as long as it can be.
    public init(_ spec: ChildSpec) {
      self.spec = spec
    }

    /// A child from text, as described above.
    ///
    /// A word that is not understood becomes part of the id.
    public init(stringLiteral text: String) {
      self.init(text)
    }

    init(_ text: String) {
      var id: [Substring] = []
      var restart = ChildSpec.Restart.permanent
      var shutdown: ChildSpec.Shutdown?
      var significant = false
      var kind = ChildSpec.Kind.worker
      for word in text.split(separator: " ") {
        switch word {
        case "permanent": restart = .permanent
        case "transient": restart = .transient
        case "temporary": restart = .temporary
        case "brutalKill": shutdown = .brutalKill
        case "infinity": shutdown = .infinity
        case "significant": significant = true
        case "supervisor": kind = .supervisor
        default: id.append(word)
        }
      }
      self.init(
        ChildSpec.ID(id.joined(separator: " ")), restart: restart, shutdown: shutdown, significant: significant,
        kind: kind)
    }
  }
}
