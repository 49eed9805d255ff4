import Foundation
import Testing

@testable import SupervisionControl

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("The file of a socket", .timeLimit(.minutes(1)))
struct SocketFileTests {
  private func claim(_ path: String) async throws -> (SocketFile, Int32) {
    try await SocketFile.claim(path) { try Folder.bind(path, listening: true) }
  }

  private func problem(_ path: String) async -> ControlError? {
    do {
      let (file, socket) = try await claim(path)
      close(socket)
      await file.remove()
      return nil
    } catch {
      return error as? ControlError
    }
  }

  @Test("CTL-1: it is the user's alone")
  func mode() async throws {
    let folder = Folder()
    let before = umask(0)
    defer { umask(before) }
    let (file, socket) = try await claim(folder("s"))
    defer { close(socket) }
    var status = stat()
    #expect(lstat(file.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test("CTL-1: a folder where others could put a socket of theirs is refused, and one with the sticky bit is not")
  func folders() async {
    let open = Folder(mode: 0o777)
    #expect(await problem(open("s")) == .folder(open.path, "can be written to by others"))
    let shared = Folder(mode: 0o1777)
    #expect(await problem(shared("s")) == nil)
    let folder = Folder()
    #expect("\(await problem(folder("no/s")) as Any)".contains("is not there"))
    _ = FileManager.default.createFile(atPath: folder("file"), contents: nil)
    #expect(await problem(folder("file/s")) != nil)
    #expect(throws: ControlError.folder(shared.path, "can be written to by others")) {
      try SocketPlace.check(folder: shared.path, isOwn: true)
    }
  }

  @Test("CTL-1: a path that the system does not take is said so")
  func long() async {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    #expect(await problem(path) == .pathTooLong(path, limit: UnixSocket.longestPath))
  }

  @Test("CTL-2: what a dead program has left is replaced")
  func stale() async throws {
    let folder = Folder()
    try folder.leaveSocket("s")
    #expect(!UnixSocket.isLive(folder("s")))
    let (file, socket) = try await claim(folder("s"))
    #expect(UnixSocket.isLive(folder("s")))
    close(socket)
    await file.remove()
    #expect(access(folder("s"), F_OK) != 0)
  }

  @Test("CTL-2: a living program's socket is left alone, and so is what is none")
  func live() async throws {
    let folder = Folder()
    let socket = try Folder.bind(folder("s"), listening: true)
    defer { close(socket) }
    #expect(await problem(folder("s")) == .inUse(folder("s")))
    #expect(UnixSocket.isLive(folder("s")))
    _ = FileManager.default.createFile(atPath: folder("f"), contents: Data("mine".utf8))
    #expect(await problem(folder("f")) == .notASocket(folder("f")))
    #expect(FileManager.default.contents(atPath: folder("f")) == Data("mine".utf8))
  }

  @Test("CTL-3: who goes removes his own file, and nobody else's")
  func another() async throws {
    let folder = Folder()
    let (file, socket) = try await claim(folder("s"))
    close(socket)
    let (other, second) = try await claim(folder("s"))
    await file.remove()
    #expect(UnixSocket.isLive(folder("s")))
    close(second)
    await other.remove()
    #expect(access(folder("s"), F_OK) != 0)
  }

  @Test("CTL-2: of many who begin at once, one gets the path")
  func race() async throws {
    let folder = Folder()
    try folder.leaveSocket("s")
    let path = folder("s")
    let winners = await withTaskGroup(of: Int32?.self) { group in
      for _ in 0..<8 { group.addTask { try? await claim(path).1 } }
      return await group.reduce(into: []) { all, one in all += [one].compactMap { $0 } }
    }
    #expect(winners.count == 1)
    for socket in winners { close(socket) }
  }

  @Test("CTL-2: where nobody has chosen a path, those of dead programs go and those of living ones stay")
  func sweep() throws {
    let folder = Folder()
    try folder.leaveSocket("shop.\(getpid()).sock")
    // Beyond what any system gives to a process.
    try folder.leaveSocket("shop.2147483646.sock")
    try folder.leaveSocket("other")
    SocketPlace.sweep(folder.path)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(left == ["other", "shop.\(getpid()).sock"])
  }
}
