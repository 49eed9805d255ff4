/// Any Erlang term: what a process on the BEAM can hold or send.
///
/// Literals stand for what Elixir and Erlang write most: `"hola"` is a binary, `[1, 2]` a list, `["a": 1]` a map with a
/// binary key, `true` an atom. An atom is `.atom("ok")`, a tuple `.tuple([.atom("ok"), 1])`.
///
/// Equality is Erlang's `=:=`: 1 and 1.0 are different terms and different keys of a map. As from OTP 27 on, so are 0.0 and
/// -0.0. Erlang's order, in which 1 and 1.0 are the same, is ``compare(_:_:)``.
///
/// A term is a value without identity: terms that a peer sends are freed when the last holder lets go, atoms included.
public enum Term: Sendable {
  /// An atom: `ok`, `:ok`.
  case atom(Atom)
  /// An integer that fits `Int`. One that does not is ``bigInteger(_:)``, so that equal integers are equal terms.
  case integer(Int)
  /// An integer outside the range of `Int`.
  case bigInteger(BigInteger)
  /// A float. Infinity and NaN have no place in Erlang: they are not encoded.
  case float(Double)
  /// A binary: whole bytes.
  case binary([UInt8])
  /// A bitstring whose length is not a multiple of eight. One of whole bytes is ``binary(_:)``.
  case bitstring(Bitstring)
  /// A proper list.
  case list([Term])
  /// A list that ends in another term than `[]`: `[1, 2 | 3]`. It has at least one element, and its tail is no list.
  indirect case improperList([Term], tail: Term)
  /// A tuple.
  case tuple([Term])
  /// A map.
  case map([Term: Term])
  /// The id of a process, with the node that it runs on.
  indirect case pid(Pid)
  /// The id of a port.
  indirect case port(Port)
  /// A reference, as made by `make_ref/0`, a monitor or an alias.
  indirect case reference(Reference)
  /// A function of a module: `fun lists:map/2`.
  indirect case export(Export)
  /// A closure. It can be kept and sent back, and runs only on a node that has its module.
  indirect case function(Function)
}

extension Term {
  /// The atom `nil`, which stands for an absent value in Elixir.
  ///
  /// Erlang's empty list is `[]`.
  public static var `nil`: Term { .atom("nil") }

  /// A Boolean: the atom `true` or `false`.
  public static func bool(_ value: Bool) -> Term { .atom(value ? "true" : "false") }

  /// A text as a binary in UTF-8, which is what Elixir calls a string.
  public static func string(_ text: some StringProtocol) -> Term { .binary(Array(text.utf8)) }

  /// A text as a list of code points, which is what Erlang calls a string and Elixir a charlist.
  public static func charlist(_ text: some StringProtocol) -> Term {
    .list(text.unicodeScalars.map { .integer(Int($0.value)) })
  }

  /// An integer of any width.
  public init(_ value: some BinaryInteger) {
    if let small = Int(exactly: value) {
      self = .integer(small)
    } else {
      self = Term(negative: value < 0, magnitude: value.magnitude.words.map(UInt64.init))
    }
  }

  /// The integer of a sign and a magnitude, least significant word first: small or big, as its size demands.
  init(negative: Bool, magnitude: [UInt64]) {
    switch BigInteger.normalized(negative: negative, magnitude: magnitude) {
    case .small(let value): self = .integer(value)
    case .big(let value): self = .bigInteger(value)
    }
  }
}
