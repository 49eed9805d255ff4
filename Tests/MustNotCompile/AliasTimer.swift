// expect: extra argument 'after' in call
// A timer is for a process or a name: an alias may be gone when it fires, and nobody could tell.
// holds: ALI-11
import Supervision

func use(alias: ProcessAlias<Int>) {
  alias.send(1, after: .seconds(1))
}
