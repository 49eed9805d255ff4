extension TermOrder {
  /// Integers and floats by value, without rounding.
  ///
  /// As keys of maps, integers come before floats.
  func numbers(_ left: Term, _ right: Term) -> Term.Order {
    switch (left, right) {
    case (.integer(let a), .integer(let b)): order(of: a, b)
    case (.float(let a), .float(let b)): floats(a, b)
    case (.bigInteger(let a), .bigInteger(let b)): order(of: a, b)
    case (.integer, .bigInteger(let b)): b.isNegative ? .descending : .ascending
    case (.bigInteger(let a), .integer): a.isNegative ? .ascending : .descending
    case (.integer(let a), .float(let b)): isExact ? .ascending : order(of: a, b)
    case (.float(let a), .integer(let b)): isExact ? .descending : order(of: b, a).reversed
    case (.bigInteger(let a), .float(let b)): isExact ? .ascending : order(of: a, b)
    case (.float(let a), .bigInteger(let b)): isExact ? .descending : order(of: b, a).reversed
    default: .same
    }
  }

  private func order<Value: Comparable>(of left: Value, _ right: Value) -> Term.Order {
    left < right ? .ascending : right < left ? .descending : .same
  }

  private func floats(_ left: Double, _ right: Double) -> Term.Order {
    if isExact, left == right, left.sign != right.sign { return left.sign == .minus ? .ascending : .descending }
    return order(of: left, right)
  }

  private func order(of left: Int, _ right: Double) -> Term.Order {
    if right.magnitude < 0x1p53 { return order(of: Double(left), right) }
    if right >= 0x1p63 { return .ascending }
    if right < -0x1p63 { return .descending }
    return order(of: left, Int(right))
  }

  private func order(of left: BigInteger, _ right: Double) -> Term.Order {
    if right.magnitude < 0x1p63 || !right.isFinite {
      return left.isNegative || right == .infinity ? .ascending : .descending
    }
    let significand = UInt64(right.significand * 0x1p52)
    let shift = Int(right.exponent) - 52
    var words = [UInt64](repeating: 0, count: shift / 64)
    words.append(significand << (shift % 64))
    words.append(shift % 64 == 0 ? 0 : significand >> (64 - shift % 64))
    return switch BigInteger.normalized(negative: right < 0, magnitude: words) {
    case .small: left.isNegative ? .ascending : .descending
    case .big(let big): order(of: left, big)
    }
  }

  private func order(of left: BigInteger, _ right: BigInteger) -> Term.Order {
    if left.isNegative != right.isNegative { return left.isNegative ? .ascending : .descending }
    let byMagnitude: Term.Order =
      if left.magnitude.count != right.magnitude.count {
        order(of: left.magnitude.count, right.magnitude.count)
      } else {
        left.magnitude.reversed().lexicographicallyPrecedes(right.magnitude.reversed())
          ? .ascending : left.magnitude == right.magnitude ? .same : .descending
      }
    return left.isNegative ? byMagnitude.reversed : byMagnitude
  }
}
