#if TLS
  import Foundation
  import Testing

  @testable import ErlangDistribution

  @Suite("The files of TLS")
  struct TLSFileTests {
    typealias TLS = ErlangNode.TLSOptions

    @Test(
      "TLS-4: what is wrong with a file, and which, is said when the node starts",
      arguments: [
        ("certificateFile", "nowhere.pem", "the file of the certificate, nowhere.pem, does not exist"),
        ("keyFile", "nowhere.pem", "the file of the key, nowhere.pem, does not exist"),
        ("caCertificateFile", "nowhere.pem", "the file of the authorities' certificates, nowhere.pem, does not exist"),
        ("certificateFile", "/", "the file of the certificate, /, is not a file"),
        ("keyFile", "/dev/null", "the file of the key, /dev/null, is not a file"),
        ("certificateFile", "good/key.pem", "good/key.pem, holds no certificate in PEM form, or one that is broken"),
        ("caCertificateFile", "make-certificates", "make-certificates, holds no certificate in PEM form"),
        ("keyFile", "good/cert.pem", "good/cert.pem, holds no key in PEM form that needs no passphrase"),
        ("keyFile", "other/key.pem", "other/key.pem is not that of the certificate in "),
      ])
    func files(option: String, file: String, says: String) async throws {
      let path = file.hasPrefix("/") || file == "nowhere.pem" ? file : "\(TLS.folder)/\(file)"
      var tls = TLS.test()
      switch option {
      case "certificateFile": tls.certificateFile = path
      case "keyFile": tls.keyFile = path
      default: tls.caCertificateFile = path
      }
      let options = tls
      let error = await #expect(throws: NetworkStartError.self) {
        try await NetworkNode.start("a@localhost", Ports()) { $0.tls = options }
      }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix("there is no TLS: ") && text.contains(says), "\(text)")
    }

    @Test("TLS-4: an empty file, one without end and a broken certificate are told apart")
    func content() throws {
      let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let good = try String(contentsOfFile: TLS.test().certificateFile, encoding: .utf8)
      let broken = good.components(separatedBy: "\n").filter { $0.count != 64 }.joined(separator: "\n")
      let contents: [(String, String)] = [
        ("", "is empty"), (String(repeating: " ", count: 1 << 20 + 1), "is longer than 1048576 bytes"),
        (broken, "holds no certificate in PEM form, or one that is broken"),
        (good + broken, "holds no certificate in PEM form, or one that is broken"),
      ]
      for (content, says) in contents {
        let file = folder.appending(path: "cert.pem")
        try content.write(to: file, atomically: true, encoding: .utf8)
        var tls = TLS.test()
        tls.certificateFile = file.path
        let options = tls
        let error = #expect(throws: TLSFailure.self) { try TLSContext(options) }
        #expect("\(try #require(error))".hasSuffix(says))
      }
    }

    @Test("TLS-5: beyond loopback TLS is enough if it verifies peers; else the error says what to do")
    func beyondLoopback() async throws {
      let node = try await NetworkNode.start("a@localhost", Ports()) {
        $0.listener = .init(host: "0.0.0.0")
        $0.tls = .test()
      }
      await node.stop()
      let plain = await #expect(throws: NetworkStartError.self) {
        try await NetworkNode.start("a@localhost", Ports()) { $0.listener = .init(host: "0.0.0.0") }
      }
      #expect(
        "\(try #require(plain))".contains("is not encrypted: listen on 127.0.0.1, set the option tls, or say that"))
      let open = await #expect(throws: NetworkStartError.self) {
        try await NetworkNode.start("a@localhost", Ports()) {
          $0.listener = .init(host: "0.0.0.0")
          $0.tls = .test()
          $0.tls?.verification = .none
        }
      }
      #expect("\(try #require(open))".contains("TLS does not verify who they are: set its verification to peer"))
    }
  }
#endif
