import ProcessRuntime

/// Who waits for a static supervisor's answer.
struct SupervisorCaller: Sendable {
  typealias Answer = SupervisorMachine<SupervisorCaller>.Answer
  let reply: ReplyTo<Result<Answer, SupervisorError>>
}

/// Who waits for a dynamic supervisor's answer.
struct DynamicSupervisorCaller: Sendable {
  typealias Answer = DynamicSupervisorMachine<DynamicSupervisorCaller>.Answer
  let reply: ReplyTo<Result<Answer, SupervisorError>>
}
