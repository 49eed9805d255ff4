// expect: success
import Supervision

@main
struct Store: SupervisedApplication {
  static var programRestart: ProgramRestart { .onFailure(backoff: .constant(.seconds(1))) }
  var children: [ChildSpec] { ChildSpec.task("work") {} }
}
