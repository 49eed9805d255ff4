// Users import Supervision and nothing else.
@_exported public import ProcessRuntime
