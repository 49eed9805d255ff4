/// What the pages refer to: it is in the program, nothing is read from a file or from elsewhere.
enum Assets {
  static func response(to path: [String]) -> ObserverResponse? {
    guard path.count == 1 else { return nil }
    var response: ObserverResponse
    switch path[0] {
    case "observer.css": response = ObserverResponse(StyleSheet.text, type: "text/css; charset=utf-8")
    case "observer.js": response = ObserverResponse(Script.text, type: "text/javascript; charset=utf-8")
    case "icon.svg": response = ObserverResponse(Icon.file, type: "image/svg+xml")
    default: return nil
    }
    response.headers = [("cache-control", "no-cache")]
    return response
  }
}

/// A small tree.
enum Icon {
  static var mark: HTML {
    """
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 6v5M12 11H5v5M12 11h7v5M12 11v5"/>\
    <circle cx="12" cy="4.5" r="2.5"/><circle cx="5" cy="18.5" r="2.5"/><circle class="hot" cx="12" cy="18.5" r="2.5"/>\
    <circle cx="19" cy="18.5" r="2.5"/></svg>
    """
  }

  static var file: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#3f6ad8" stroke-width="1.6">\
    <path d="M12 6v5M12 11H5v5M12 11h7v5M12 11v5"/><g fill="#3f6ad8"><circle cx="12" cy="4.5" r="2.5"/>\
    <circle cx="5" cy="18.5" r="2.5"/><circle cx="19" cy="18.5" r="2.5"/></g>\
    <circle cx="12" cy="18.5" r="2.5" fill="#e2872d" stroke="#e2872d"/></svg>
    """
  }
}
