#if ErlangDistribution
  import NIOCore

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #elseif canImport(Darwin)
    import Darwin
  #elseif canImport(Android)
    import Android
  #endif

  extension IOError {
    var isAddressInUse: Bool { errnoCode == EADDRINUSE }
  }
#endif
