// expect: DuplicateRegistry
// A name means one process: a registry with duplicate keys gives none, and has no value that could be updated.
// holds: REG-17
import Supervision

let rooms = DuplicateRegistry<String, Void>()

func name() -> ProcessName<Int> {
  .via(rooms, "lobby")
}
