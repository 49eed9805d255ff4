import Testing

@testable import ProcessRuntime

@Suite("Processors that a program may use")
struct ProcessorsTests {
  @Test(
    "the least of the machine's, those it was given, and its quota rounded up; never none",
    arguments: [
      (8, nil, nil, 8), (8, 3, nil, 3), (8, nil, 1.5, 2), (8, 4, 2.0, 2), (8, 1, 2.5, 1), (8, nil, 0.2, 1),
      (2, 64, nil, 2),
      (0, nil, nil, 1), (8, 0, nil, 1), (4, nil, 1e300, 4),
    ] as [(Int, Int?, Double?, Int)])
  func count(online: Int, allowed: Int?, quota: Double?, expected: Int) {
    #expect(Processors.count(online: online, allowed: allowed, quota: quota) == expected)
  }

  @Test(
    "the processors of the program's mask",
    arguments: [
      ("Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2), ("Cpus_allowed:\tffffffff,0000000f\n", 36),
      ("Cpus_allowed:\t80\n", 1), ("Name:\tx\n", nil),
    ] as [(String, Int?)])
  func mask(status: String, expected: Int?) {
    #expect(Processors.allowed { $0 == "/proc/self/status" ? status : nil } == expected)
    #expect(Processors.allowed { _ in nil } == nil)
  }

  private func quota(_ files: [String: String]) -> Double? { Processors.quota { files[$0] } }

  @Test("the quota of a group, or of one that it is in, whichever is less")
  func groups() {
    let own = ["/proc/self/cgroup": "0::/a/b\n"]
    #expect(quota(own) == nil)
    #expect(quota(own.merging(["/sys/fs/cgroup/a/b/cpu.max": "150000 100000\n"]) { $1 }) == 1.5)
    #expect(quota(own.merging(["/sys/fs/cgroup/a/b/cpu.max": "max 100000\n"]) { $1 }) == nil)
    let both = ["/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n", "/sys/fs/cgroup/a/cpu.max": "200000 100000\n"]
    #expect(quota(own.merging(both) { $1 }) == 2)
  }

  @Test("within a container the group is the root")
  func container() {
    #expect(quota(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 0.5)
    let host = ["/proc/self/cgroup": "0::/kubepods/pod1\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n"]
    #expect(quota(host) == 0.5)
  }

  @Test("the first version of control groups")
  func firstVersion() {
    let folder = "/sys/fs/cgroup/cpu/docker"
    let groups = "5:memory:/docker\n4:cpu,cpuacct:/docker\n0::/\n"
    let limited = [
      "/proc/self/cgroup": groups, "\(folder)/cpu.cfs_quota_us": "300000\n", "\(folder)/cpu.cfs_period_us": "100000\n",
    ]
    #expect(quota(limited) == 3)
    #expect(quota(limited.merging(["\(folder)/cpu.cfs_quota_us": "-1\n"]) { $1 }) == nil)
  }

  @Test("what is not understood is no limit", arguments: ["", "\n", "0", "0:/", "0::", "::", "0::/\n0::/\n"])
  func unknown(groups: String) {
    #expect(quota(["/proc/self/cgroup": groups]) == nil)
    #expect(quota(["/proc/self/cgroup": groups, "/sys/fs/cgroup/cpu.max": "many of them"]) == nil)
    #expect(quota(["/proc/self/cgroup": groups, "/sys/fs/cgroup/cpu.max": "1 0"]) == nil)
  }

  @Test("this machine has some")
  func here() {
    #expect(Processors.available >= 1)
  }
}
