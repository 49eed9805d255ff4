#if ErlangDistribution
  import NIOCore
  import NIOPosix
  import NIOSSL
  import Crypto
#endif
