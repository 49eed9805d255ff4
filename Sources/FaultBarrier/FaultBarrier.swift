package import CFaultBarrier
package struct RawFault: Sendable {
  package var pc: UInt = 0
  package func symbolicated() -> (message: String, frames: [String]) { ("trap", []) }
}
package enum FaultBarrier {
  package static func install() -> Bool { true }
  package static func prepareThread() {}
  @inlinable @inline(__always) package static func arm() { cfb_arm() }
  @inlinable @inline(__always) package static func disarm() { cfb_disarm() }
  @inlinable @inline(__always) package static var threadContext: UnsafeMutableRawPointer? {
    get { cfb_context() }
    set { cfb_set_context(newValue) }
  }
}
extension FaultBarrier {
  package static func nextFault() -> (fault: RawFault, context: UnsafeMutableRawPointer?) { while true { sleep(1000) } }
}
import Glibc
