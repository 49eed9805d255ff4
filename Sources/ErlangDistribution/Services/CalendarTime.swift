package import ErlangTerms

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A moment as Erlang's `calendar` writes it, in universal time: `{{2026,1,2},{3,4,5}}`.
package struct CalendarTime {
  /// Since the beginning of 1970.
  package let seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static var now: CalendarTime { CalendarTime(seconds: Int64(time(nil))) }

  package var term: Term {
    // Years that begin in March: then a leap day is a year's last one.
    let days = Int(seconds / 86_400)
    let second = Int(seconds % 86_400)
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    return .tuple([
      .tuple([.integer(year), .integer(month < 10 ? month + 3 : month - 9), .integer(day)]),
      .tuple([.integer(second / 3_600), .integer(second % 3_600 / 60), .integer(second % 60)]),
    ])
  }
}
