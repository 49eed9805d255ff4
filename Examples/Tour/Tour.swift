import Supervision

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Four articles on supervisors in Elixir, program by program, in this library's words.
///
/// Ends with status 1 if anything comes to something else than the articles say.
@main
struct Tour {
  static func main() async {
    let differing = await run()
    exit(differing == 0 ? 0 : 1)
  }

  /// How many steps came to something else than the articles say.
  static func run() async -> Int {
    let narrator = Narrator()
    await Seed000(tour: narrator).run()
    await Seed001(tour: narrator).run()
    await Seed002(tour: narrator).run()
    await Seed003(tour: narrator).run()
    print("\n\(narrator.summary)")
    return narrator.differing
  }
}
