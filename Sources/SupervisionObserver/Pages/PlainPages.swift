/// Pages without the node: for who has to log in first, and for what went wrong.
struct PlainPages: Sendable {
  let layout: Layout

  func login(hasFailed: Bool, returnTo path: String) -> HTML {
    layout.page(
      nil, heading: "Log in", view: nil,
      """
      <main id="main" class="narrow"><h1>Log in</h1>
      <form method="post" action="\(layout.base)/login" class="login">
      <label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>
      <input type="hidden" name="return" value="\(path)">
      \(hasFailed ? "<p class=\"error\" role=\"alert\">That is not the token.</p>" as HTML : .empty)
      <button>Log in</button></form></main>
      """)
  }

  func message(_ title: String, _ text: String) -> HTML {
    layout.page(
      nil, heading: title, view: nil,
      """
      <main id="main" class="narrow"><h1>\(title)</h1><p>\(text)</p>
      <p><a href="\(layout.base)/">Back to the tree</a></p></main>
      """)
  }
}
