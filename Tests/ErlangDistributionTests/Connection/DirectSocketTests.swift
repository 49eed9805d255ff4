#if ErlangDistribution && canImport(Glibc)
  import Glibc
  import Synchronization
  import Testing

  @testable import ErlangDistribution

  @Suite("A socket that several threads use", .timeLimit(.minutes(1)))
  struct DirectSocketTests {
    private let other: CInt
    private let own: CInt

    init() throws {
      var pair: [CInt] = [-1, -1]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &pair) == 0)
      (own, other) = (pair[0], pair[1])
    }

    private func file(_ descriptor: CInt) -> ino_t? {
      var status = stat()
      return fstat(descriptor, &status) == 0 ? status.st_ino : nil
    }

    @Test("WIRE-23: closed while it is used, it is closed when that is over, and used no more")
    func closedInUse() throws {
      let socket = DirectSocket(own)
      let inode = try #require(file(own))
      let inUse = socket.use { descriptor in
        socket.close()
        socket.close()
        #expect(socket.use { $0 } == nil)
        return file(descriptor)
      }
      #expect(inUse == inode && file(own) != inode)
      #expect(socket.use { $0 } == nil)
      guard case .failed = socket.write([1]), case .closed = withBuffer({ socket.read(into: $0) }) else {
        Issue.record("a closed socket was used")
        return
      }
      close(other)
    }

    @Test("WIRE-23: many use it and one closes it: nobody sees another file under its number")
    func race() async throws {
      let socket = DirectSocket(own)
      let inode = try #require(file(own))
      let counter = Counter()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            while let seen = socket.use({ file($0) }) {
              #expect(seen == inode)
              counter.add()
              await Task.yield()
            }
          }
        }
        group.addTask {
          while counter.count < 10_000 { await Task.yield() }
          socket.close()
        }
      }
      #expect(file(own) != inode)
      close(other)
    }

    @Test("WIRE-17: what a full socket does not take is said, and the rest fits when it has been read")
    func full() throws {
      let socket = DirectSocket(own)
      let bytes = [UInt8](repeating: 7, count: 8 << 20)
      guard case .some(let count) = socket.write(bytes) else {
        Issue.record("eight megabytes fit into a socket")
        return
      }
      #expect(count > 0 && count < bytes.count)
      let peer = DirectSocket(other)
      var received = 0
      while received < count, case .some(let part) = withBuffer({ peer.read(into: $0) }) { received += part }
      #expect(received == count)
      guard case .nothing = withBuffer({ peer.read(into: $0) }), case .all = socket.write([1, 2, 3]) else {
        Issue.record("there was more, or no room")
        return
      }
      peer.close()
      guard case .failed = socket.write([1]) else {
        Issue.record("a peer that is gone took a byte")
        return
      }
      socket.close()
    }

    private func withBuffer(_ read: (UnsafeMutableRawBufferPointer) -> DirectSocket.Read) -> DirectSocket.Read {
      withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 16) { read($0) }
    }
  }

  private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.add(1, ordering: .relaxed) }
  }
#endif
