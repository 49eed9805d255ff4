public enum ChildSpec { public enum Restart: Sendable { case permanent, transient, temporary } }
