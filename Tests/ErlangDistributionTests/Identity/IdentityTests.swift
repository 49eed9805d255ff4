import ErlangTerms
import Foundation
import Testing

@testable import ErlangDistribution

@Suite("Names, cookies and proofs", .timeLimit(.minutes(1)))
struct IdentityTests {
  @Test(
    "WIRE-1: a name is name@host, of letters, digits, '_', '-' and '.'",
    arguments: ["a@h", "a_b-c.d@host.example.org", "9@127.0.0.1"])
  func goodNames(text: String) throws {
    let name = try NodeName(text)
    #expect(name.full == text && name.atom.name == text)
    #expect(NodeName(Array(text.utf8)) == name)
    #expect(name.isLong == name.host.contains("."))
  }

  @Test(
    "WIRE-1: what is no name is refused",
    arguments: [
      "", "a", "@", "a@", "@h", "a@h@i", "a b@h", "a@h\n", "ñ@h", "a@h\u{0}", ".a@h", "a@.", "a@::1",
      "\(String(repeating: "a", count: 254))@h",
    ])
  func badNames(text: String) {
    #expect(throws: NodeNameError()) { try NodeName(text) }
    #expect(NodeName(Array(text.utf8)) == nil)
  }

  @Test("WIRE-1: a creation is never one that older nodes could have had")
  func creation() {
    for _ in 0..<100 { #expect(Creation.random() >= 4) }
  }

  // RFC 1321, A.5.
  @Test(
    "WIRE-3: the digest is MD5",
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"
      ),
      (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    ])
  func digest(text: String, expected: String) {
    #expect(MD5.digest(Array(text.utf8)) == [UInt8](hex: expected))
  }

  // Taken with md5sum.
  @Test(
    "WIRE-3: the digest is right around the lengths where a block is full",
    arguments: [
      (54, "eced9e0b81ef2bba605cbc5e2e76a1d0"), (55, "ef1772b6dff9a122358552954ad0df65"),
      (56, "3b0c8ac703f828b04c6c197006d17218"), (57, "652b906d60af96844ebd21b674f35e93"),
      (63, "b06521f39153d618550606be297466d5"), (64, "014842d480b571495a4a0363793f7367"),
      (65, "c743a45e0d2e6a95cb859adae0248435"),
    ])
  func digestLengths(count: Int, expected: String) {
    #expect(MD5.digest([UInt8](repeating: UInt8(ascii: "a"), count: count)) == [UInt8](hex: expected))
  }

  @Test("WIRE-3: a proof is the digest of the cookie and the decimal challenge, as OTP makes it")
  func proof() throws {
    let digest = CookieProof.digest(try Cookie("probe"), 123_456_789)
    #expect(digest == [UInt8](hex: "23a06fd0069b04e1e9c3d6d68029cf96"))
    #expect(CookieProof.areEqual(digest, digest))
    for index in digest.indices {
      var other = digest
      other[index] ^= 1
      #expect(!CookieProof.areEqual(digest, other))
    }
    #expect(!CookieProof.areEqual(digest, digest.dropLast()))
  }

  @Test("WIRE-2: a cookie is text up to U+00FF, and is not printed")
  func cookieText() throws {
    #expect(try Cookie("ñ").bytes == [0xf1])
    #expect(throws: CookieError.empty) { try Cookie("") }
    #expect(throws: CookieError.badCharacters) { try Cookie("€") }
    let cookie = try Cookie("secret")
    #expect(!"\(cookie) \(String(reflecting: cookie))".contains("secret"))
    var dumped = ""
    dump(cookie, to: &dumped)
    #expect(!dumped.contains("115"))
  }
}

@Suite("Where a cookie comes from", .timeLimit(.minutes(1)))
struct CookieSourceTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "cookies-\(UUID().uuidString)")

  private func file(_ name: String, _ text: String, mode: Int = 0o400) throws -> String {
    let path = folder.appending(path: name)
    try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path.path)
    return path.path
  }

  @Test("WIRE-2: the first line of a file that is the owner's alone")
  func file() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try CookieSource.file(try file("a", "ABC\nmore\n")).cookie().bytes == Array("ABC".utf8))
    #expect(throws: CookieError.empty) { try CookieSource.file(try file("b", "\n")).cookie() }
    #expect(throws: CookieError.badCharacters) { try CookieSource.file(try file("c", "a\tb")).cookie() }
    for mode in [0o440, 0o404, 0o420, 0o602] {
      let path = try file("d\(mode)", "ABC", mode: mode)
      #expect(throws: CookieError.notPrivate(path)) { try CookieSource.file(path).cookie() }
    }
    #expect(throws: CookieError.notAFile(folder.path)) { try CookieSource.file(folder.path).cookie() }
    let absent = folder.appending(path: "absent").path
    #expect(throws: CookieError.noFile([absent])) { try CookieSource.file(absent).cookie() }
  }

  @Test("WIRE-2: the environment goes before the files, and the files are looked for where Erlang does")
  func order() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let environment = ["HOME": folder.path, "XDG_CONFIG_HOME": folder.appending(path: "config").path]
    func found(_ more: [String: String] = [:]) throws -> [UInt8] {
      try CookieSource.standard.cookie { environment.merging(more) { $1 }[$0] }.bytes
    }
    #expect(throws: CookieError.self) { try found() }
    _ = try file("config/erlang/.erlang.cookie", "SECOND")
    #expect(try found() == Array("SECOND".utf8))
    _ = try file(".erlang.cookie", "FIRST")
    #expect(try found() == Array("FIRST".utf8))
    #expect(try found(["RELEASE_COOKIE": "SET"]) == Array("SET".utf8))
    #expect(try CookieSource.explicit("mine").cookie().bytes == Array("mine".utf8))
    #expect(throws: CookieError.empty) { try CookieSource.environment("NOT_SET").cookie { _ in nil } }
  }
}
