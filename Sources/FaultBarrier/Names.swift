#if Backtraces && canImport(Runtime) && os(Linux)
  internal import CFaultBarrier
  internal import Runtime

  /// Names addresses with the toolchain's own symbolicator.
  ///
  /// It can name a `Backtrace` only, and makes those of the current thread only; but `Backtrace` is `Codable`, and the
  /// formats in it are documented. So this writes one and decodes it.
  ///
  /// The map of images is written here too: `ImageMap.capture()` reads every file that is mapped into the process, also
  /// those that the symbolicator itself has mapped, and takes the second mapping of a library for part of the first.
  func names(of instructions: Set<UInt>) -> [UInt: AddressSymbols] {
    let images = Image.containing(instructions)
    let addresses = instructions.filter { address in images.contains { $0.range.contains(address) } }
    let encoded = EncodedBacktrace(
      addresses: addresses.sorted(), images: images.map { ($0.path, $0.range) })
    guard let backtrace = try? Backtrace(from: encoded), let map = backtrace.images, map.count == images.count,
      let result = backtrace.symbolicated(with: map, options: [.showInlineFrames, .showSourceLocations])
    else { return [:] }

    var symbols: [UInt: AddressSymbols] = [:]
    for frame in result.frames {
      guard let address = UInt(frame.captured.originalProgramCounter) else { continue }
      if frame.isSwiftRuntimeFailure, let name = frame.symbol?.rawName {
        symbols[address, default: AddressSymbols(frames: [])].runtimeFailure = withoutPrefix(name)
      } else {
        symbols[address, default: AddressSymbols(frames: [])].frames.append(describe(frame, at: address))
      }
    }
    return symbols
  }

  private func withoutPrefix(_ name: String) -> String {
    let prefix = "Swift runtime failure: "
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }

  private func describe(_ frame: SymbolicatedBacktrace.Frame, at address: UInt) -> String {
    guard let symbol = frame.symbol else { return hexadecimal(address) }
    if symbol.rawName == "<unknown>" { return "\(hexadecimal(address)) in \(symbol.imageName)" }
    guard let location = symbol.sourceLocation, location.line > 0, !location.path.hasSuffix("<compiler-generated>")
    else {
      return symbol.imageName == "exe" ? symbol.name : "\(symbol.name) in \(symbol.imageName)"
    }
    let file = location.path.split(separator: "/").last.map(String.init) ?? location.path
    return "\(symbol.name) at \(file):\(location.line)"
  }

  /// A program or library in memory, from its base to the last address asked for.
  private struct Image {
    var path: String
    var range: Range<UInt>

    static func containing(_ addresses: Set<UInt>) -> [Image] {
      var images: [UInt: Image] = [:]
      for address in addresses {
        var found = unsafe cfb_image()
        guard unsafe cfb_find_image(address, &found), let path = unsafe found.path else { continue }
        let base = unsafe found.base
        let end = max(images[base]?.range.upperBound ?? base, address &+ 1)
        unsafe images[base] = Image(path: String(cString: path), range: base..<end)
      }
      return images.values.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
  }
#else
  func names(of instructions: Set<UInt>) -> [UInt: AddressSymbols] {
    [:]
  }
#endif
