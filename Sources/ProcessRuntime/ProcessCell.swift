package class ProcessCell: @unchecked Sendable {
  package let number: UInt64
  package init(number: UInt64) { self.number = number }
}
