import ErlangTerms
import Testing

@testable import ErlangDistribution

@Suite("Every form of control message, and every way to break it", .timeLimit(.minutes(1)))
struct ControlReaderTests {
  private static let from = Term.pid(FramingFixture.peerPid)
  private static let to = Term.pid(FramingFixture.ownPid)
  private static let foreign = Term.pid(FramingFixture.foreignPid)
  private static let reference = Term.reference(FramingFixture.reference)
  private static let token = Term.atom("token")
  private static let function = Term.tuple([.atom("m"), .atom("f"), 1])

  struct Form: Sendable, CustomTestStringConvertible {
    var control: [Term]
    var hasPayload: Bool
    /// The plain form that means the same.
    var plain: [Term]?
    var testDescription: String { "\(control)" }

    init(_ control: [Term], payload: Bool = false, means plain: [Term]? = nil) {
      self.control = control
      hasPayload = payload
      self.plain = plain
    }
  }

  static let forms: [Form] = [
    Form([1, from, to]), Form([2, .atom(""), to], payload: true), Form([3, from, to, 9]),
    Form([6, from, .atom(""), .atom("x")], payload: true), Form([7, foreign, to]), Form([8, from, to, 9]),
    Form([12, .atom(""), to, token], payload: true, means: [2, .atom(""), to]),
    Form([13, from, to, token, 9], means: [3, from, to, 9]),
    Form([16, from, .atom(""), .atom("x"), token], payload: true, means: [6, from, .atom(""), .atom("x")]),
    Form([18, from, to, token, 9], means: [8, from, to, 9]), Form([19, from, to, reference]),
    Form([19, from, .atom("x"), reference]), Form([20, from, to, reference]), Form([21, from, to, reference, 9]),
    Form([21, .atom("x"), to, reference, 9]), Form([22, from, to], payload: true),
    Form([23, from, to, token], payload: true, means: [22, from, to]), Form([24, from, to], payload: true),
    Form([25, from, to, token], payload: true, means: [24, from, to]), Form([26, from, to], payload: true),
    Form([27, from, to, token], payload: true, means: [26, from, to]), Form([28, from, to, reference], payload: true),
    Form([29, reference, from, foreign, function, [.atom("link")]], payload: true),
    Form(
      [30, reference, from, foreign, function, [.atom("link")], token], payload: true,
      means: [29, reference, from, foreign, function, [.atom("link")]]),
    Form([31, reference, to, 3, from]), Form([31, reference, to, 0, .atom("badopt")]),
    Form([32, reference, to, 3, from, token], means: [31, reference, to, 3, from]),
    Form([33, from, reference], payload: true),
    Form([34, from, reference, token], payload: true, means: [33, from, reference]),
    Form([35, 1, from, to]), Form([35, Term(UInt64.max), from, to]), Form([36, 1, from, to]),
    Form([37, 0, from, to], payload: true, means: [22, from, to]),
    Form([37, 1, from, to], payload: true, means: [22, from, to]),
    Form([37, 2, from, to, token], payload: true, means: [22, from, to]),
    Form([37, 4, from, reference], payload: true, means: [33, from, reference]),
    Form([37, 8, from, .atom("x")], payload: true, means: [6, from, .atom(""), .atom("x")]),
    Form([37, 16, from, to], payload: true, means: [26, from, to]),
    Form([37, Term(UInt64(1) << 63), from, to, 1, 2, 3], payload: true, means: [22, from, to]),
  ]

  private func message(_ control: [Term], _ hasPayload: Bool) throws -> String {
    var reader = FramingFixture.reader()
    let payload = hasPayload ? try FramingFixture.encoded("payload") : []
    return FramingFixture.text(try reader.message(try FramingFixture.frame(control, payload)))
  }

  @Test("WIRE-13: every form is read, and those with a trace token mean the same as those without", arguments: forms)
  func read(form: Form) throws {
    let text = try message(form.control, form.hasPayload)
    #expect(text != "nothing")
    if let plain = form.plain { #expect(text == (try message(plain, form.hasPayload))) }
  }

  @Test("WIRE-14: elements too many or too few, and a payload that is missing, close", arguments: forms)
  func counts(form: Form) throws {
    let payload = form.hasPayload ? try FramingFixture.encoded(1) : []
    let less = try FramingFixture.frame(form.control.dropLast(), payload)
    // Opcode 37 alone may have more elements than are known.
    let isOpen = form.control[0] == 37
    #expect((FramingFixture.error(less) == nil) == (isOpen && form.control.count > 5))
    let more = try FramingFixture.frame(form.control + [1], payload)
    #expect((FramingFixture.error(more) == nil) == isOpen)
    if form.hasPayload { #expect(FramingFixture.error(try FramingFixture.frame(form.control)) != nil) }
  }

  @Test("WIRE-14: an element of a wrong type closes", arguments: forms)
  func types(form: Form) throws {
    let payload = form.hasPayload ? try FramingFixture.encoded(1) : []
    // What may be anything: a cookie that is not used, a reason, a trace token.
    let anything: [Int: Set<Int>] = [
      2: [1], 3: [3], 6: [2], 8: [3], 12: [1, 3], 13: [3, 4], 16: [2, 4], 18: [3, 4], 21: [4], 23: [3], 25: [3],
      27: [3], 30: [6], 32: [5], 34: [3], 37: [4, 5, 6],
    ]
    guard case .integer(let code) = form.control[0] else { return }
    for index in 1..<form.control.count where anything[code]?.contains(index) != true {
      var control = form.control
      control[index] = 1.5
      #expect(FramingFixture.error(try FramingFixture.frame(control, payload)) != nil, "element \(index)")
    }
  }

  @Test("WIRE-14, H-20: nobody speaks for a process of another node, or to one")
  func foreignPids() throws {
    let payload = try FramingFixture.encoded(1)
    let (from, to, foreign) = (ControlReaderTests.from, ControlReaderTests.to, ControlReaderTests.foreign)
    let reference = ControlReaderTests.reference
    let controls: [[Term]] = [
      [1, foreign, to], [1, from, foreign], [3, foreign, to, 9], [8, foreign, to, 9], [8, from, foreign, 9],
      [19, foreign, to, reference], [19, from, foreign, reference], [20, foreign, to, reference],
      [21, foreign, to, reference, 9], [24, foreign, to], [26, foreign, to], [28, foreign, to, reference],
      [29, reference, foreign, from, ControlReaderTests.function, []], [31, reference, to, 3, foreign],
      [35, 1, foreign, to], [36, 1, from, foreign], [37, 16, foreign, to], [1, to, from], [1, to, to],
    ]
    for control in controls {
      #expect(FramingFixture.error(try FramingFixture.frame(control, payload)) != nil, "\(control)")
    }
  }

  @Test("WIRE-13: a process of an earlier incarnation of this node is passed on, as dead as it is")
  func stale() throws {
    var old = FramingFixture.ownPid
    old.creation = 1
    #expect(FramingFixture.error(try FramingFixture.frame([1, ControlReaderTests.from, .pid(old)])) == nil)
  }

  @Test("WIRE-14, H-13: what is no control message closes")
  func malformed() throws {
    let payload = try FramingFixture.encoded(1)
    let (from, to) = (ControlReaderTests.from, ControlReaderTests.to)
    for control: [Term] in [
      [], [.atom("x")], [99, from, to], [0, from, to], [4, from, to], [5], [-1, from, to],
      [Term(UInt64.max), from, to], [38, 0, from, to], [1.0, from, to],
    ] {
      #expect(FramingFixture.error(try FramingFixture.frame(control, payload)) != nil, "\(control)")
    }
    for bytes: [UInt8] in [[97, 1], [106], [119, 1, 97], [], [255], [104, 3, 97, 1]] {
      #expect(FramingFixture.error([131, 68, 0] + bytes) != nil)
    }
  }

  @Test("WIRE-14, H-21: an unlink has an id, from 1 on")
  func unlinkIDs() throws {
    let (from, to) = (ControlReaderTests.from, ControlReaderTests.to)
    for id in [0, -1, Term(Int128(UInt64.max) + 1), Term(-Int128(UInt64.max))] {
      for code in [35, 36] as [Term] {
        #expect(FramingFixture.error(try FramingFixture.frame([code, id, from, to])) != nil, "\(id)")
      }
    }
  }

  @Test("WIRE-14: options that are no proper list close")
  func options() throws {
    let payload = try FramingFixture.encoded([])
    for options: Term in [.atom("link"), .improperList([.atom("link")], tail: 1), 1] {
      let control: [Term] = [
        29, ControlReaderTests.reference, ControlReaderTests.from, ControlReaderTests.from,
        ControlReaderTests.function, options,
      ]
      #expect(FramingFixture.error(try FramingFixture.frame(control, payload)) != nil)
    }
  }

  @Test("WIRE-14, H-14: what follows a payload is not looked at")
  func trailing() throws {
    let frame = try FramingFixture.frame(
      [22, ControlReaderTests.from, ControlReaderTests.to], try FramingFixture.encoded(1) + [255, 255])
    var reader = FramingFixture.reader()
    guard case .send(_, _, let payload) = try reader.message(frame) else { return #expect(Bool(false)) }
    #expect(try payload.term() == 1)
  }

  @Test("WIRE-14, H-15: a payload is not decoded before its receiver asks; a reason is, and closes when it is none")
  func lazy() throws {
    let (from, to) = (ControlReaderTests.from, ControlReaderTests.to)
    let garbage: [UInt8] = [255, 1, 2]
    var reader = FramingFixture.reader()
    guard case .send(_, _, let payload) = try reader.message(try FramingFixture.frame([22, from, to], garbage)) else {
      return #expect(Bool(false))
    }
    #expect(throws: TermError.self) { try payload.term() }
    guard case .undecodable = FramingFixture.error(try FramingFixture.frame([24, from, to], garbage)) else {
      return #expect(Bool(false))
    }
  }

  @Test(
    "WIRE-14, H-16, H-17, H-18, H-19: terms that are bombs, too deep, compressed or none close, in control or reason")
  func terms() throws {
    let (from, to) = (ControlReaderTests.from, ControlReaderTests.to)
    let all: [UInt8] = [255, 255, 255, 255]
    let bad: [[UInt8]] = [
      [105] + all, [108] + all, [116] + all, [109] + all, [111] + all, [104, 1, 105] + all,
      Array((0..<1_000).map { _ in [108, 0, 0, 0, 1] as [UInt8] }.joined()) + [106],
      [80, 0, 0, 0, 1, 120, 156, 75, 4, 0],
      [70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], [99] + [UInt8](repeating: 120, count: 31), [119, 2, 0xc3, 0x28],
      [118, 1, 0] + [UInt8](repeating: 97, count: 256), [77, 0, 0, 0, 1, 0, 1], [77, 0, 0, 0, 1, 9, 1],
      [116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2], [90, 0, 6, 119, 1, 97] + [UInt8](repeating: 0, count: 28),
      [82, 0],
    ]
    for term in bad {
      let reason = try FramingFixture.frame([24, from, to], term)
      #expect(FramingFixture.error(reason) != nil, "\(term.prefix(8)) as a reason")
      #expect(
        FramingFixture.error([131, 68, 0, 104, 2, 97, 3] + term) != nil, "\(term.prefix(8)) in a control message")
    }
  }

  @Test("WIRE-14: a control message has its limit")
  func controlLimit() throws {
    let reason = Term.binary([UInt8](repeating: 0, count: 70_000))
    let control = [3, ControlReaderTests.from, ControlReaderTests.to, reason]
    #expect(FramingFixture.error(try FramingFixture.frame(control)) != nil)
  }
}
