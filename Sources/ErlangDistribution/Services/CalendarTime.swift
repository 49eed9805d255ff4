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

  /// The moment of a term as ``term`` is one, of whatever time zone; nil for another term.
  package init?(_ term: Term) {
    guard let parts = term.elements, parts.count == 2, let date = parts[0].elements?.compactMap(\.int), date.count == 3,
      let time = parts[1].elements?.compactMap(\.int), time.count == 3,
      (1_970...9_999).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]),
      time.allSatisfy({ (0...60).contains($0) })
    else { return nil }
    let year = date[1] > 2 ? date[0] : date[0] - 1
    let month = (date[1] + 9) % 12
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date[2] - 1 - 719_468
    seconds = Int64(days * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2])
  }

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
