/// Which incarnation of its name a node is.
package enum Creation {
  /// One for a node that starts now: at random, so that no pid of an earlier incarnation is taken for one of this.
  ///
  /// 0 means an unknown one, and 1 to 3 are what nodes had that knew only two bits of it.
  package static func random() -> UInt32 { UInt32.random(in: 4...UInt32.max) }
}
