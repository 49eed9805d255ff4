/// For whom a page is made.
struct Visitor: Sendable, Equatable {
  /// What its forms must carry, so that no other site can send them for it.
  let secret: String
  let mayAct: Bool
  /// Whether there is a session to end.
  var canLeave = false
}

/// Decides who may see the page, and whose forms count.
struct Access: Sendable {
  enum Verdict: Sendable, Equatable {
    case welcome(Visitor)
    case mustLogIn
    case refused(String)
  }

  static var cookie: String { "supervision-observer" }

  let token: String?
  let allowsActions: Bool
  let sessions = Sessions()
  /// What the forms of those carry who need not log in.
  let secret = Secret.make()

  /// Who it is that asks.
  func verdict(on request: ObserverRequest) -> Verdict {
    guard let token else {
      if request.remote == .other { return .refused("This observer answers its own machine alone: it has no token.") }
      // Else a page of any site could reach it, under a name of that site's that leads here.
      guard request.isForThisMachine else {
        return .refused(
          "This observer is asked for by the names localhost, 127.0.0.1 and [::1] alone: it has no token.")
      }
      return .welcome(Visitor(secret: secret, mayAct: allowsActions))
    }
    if let given = request.bearer {
      guard sessions.mayTry() else { return .refused("Too many wrong tokens: wait a minute.") }
      if Secret.equal(given, token) { return .welcome(Visitor(secret: secret, mayAct: allowsActions)) }
      sessions.noteFailure()
      return .mustLogIn
    }
    if let word = request.cookie(Self.cookie), let secret = sessions.secret(of: word) {
      return .welcome(Visitor(secret: secret, mayAct: allowsActions, canLeave: true))
    }
    return .mustLogIn
  }

  /// Why a form does not count; nil if it does.
  func objection(to request: ObserverRequest, from visitor: Visitor?) -> String? {
    guard request.isFromOwnPage else {
      return "The form does not come from this page: its Origin is another one, or missing."
    }
    guard let visitor else { return nil }
    guard let given = request.form["csrf"], Secret.equal(given, visitor.secret) else {
      return "The form is out of date: open the page again."
    }
    return nil
  }
}
