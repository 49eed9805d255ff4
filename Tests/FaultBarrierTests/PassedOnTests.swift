import CTestSettings
import FaultBarrier
import Glibc
import Testing

/// What is not contained happens as it does without the library.
@Suite("Traps that are passed on", .timeLimit(.minutes(5)))
struct PassedOnTests {
  @Test("A trap on a prepared thread that is not armed ends the program")
  func notArmed() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { Trap.overflow.spring() } }
    }
  }

  @Test("A trap after the thread was disarmed ends the program")
  func disarmed() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread {
        prepared(context: nil) {
          armed { use(1) }
          Trap.overflow.spring()
        }
      }
    }
  }

  @Test("A trap on a thread that was never prepared ends the program, armed or not")
  func foreign() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread { Trap.overflow.spring() }
    }
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread { armed { Trap.overflow.spring() } }
    }
  }

  @Test("A trap on a released thread ends the program")
  func released() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread {
        prepared(context: nil) { use(1) }
        armed { Trap.overflow.spring() }
      }
    }
  }

  @Test("Without install a trap ends the program")
  func notInstalled() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      runThread { prepared(context: nil) { armed { Trap.overflow.spring() } } }
    }
  }

  @Test("The trap signal sent by hand to an armed thread ends the program")
  func sent() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { armed { raise(trapSignal) } } }
    }
  }

  #if arch(x86_64)
    @Test("The trap signal sent by hand ends the program even if it arrives at a trap instruction")
    func sentAtTrapInstruction() async {
      await #expect(processExitsWith: .signal(trapSignal)) {
        #expect(FaultBarrier.install())
        // While this handler runs, the trap signal waits; the handler returns to a trap instruction, and the kernel
        // delivers the signal there before the instruction runs.
        var action = sigaction()
        sigaddset(&action.sa_mask, trapSignal)
        action.sa_flags = Int32(SA_SIGINFO)
        action.__sigaction_handler.sa_sigaction = { _, _, context in
          raise(trapSignal)
          let machine = context!.assumingMemoryBound(to: ucontext_t.self)
          machine.pointee.uc_mcontext.gregs.16 = Int64(Int(bitPattern: executable([0x0F, 0x0B])))  // REG_RIP
        }
        sigaction(SIGUSR1, &action, nil)
        runThread {
          unblockSignals()
          prepared(context: nil) { armed { pthread_kill(pthread_self(), SIGUSR1) } }
        }
      }
    }
  #endif

  @Test("An illegal instruction that is not Swift's trap ends the program")
  func otherInstruction() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { armed { executeIllegalInstruction() } } }
    }
  }

  @Test("abort() ends the program, unless the thread is armed for it")
  func aborts() async {
    await #expect(processExitsWith: .signal(SIGABRT)) {
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { armed { abort() } } }
    }
  }

  // MARK: The previous handler

  @Test("A previous handler gets what is not contained, with its arguments")
  func previousHandler() async {
    await #expect(processExitsWith: .exitCode(42)) {
      var action = sigaction()
      action.sa_flags = Int32(SA_SIGINFO)
      action.__sigaction_handler.sa_sigaction = { signal, info, context in
        _exit(signal == trapSignal && info?.pointee.si_code ?? 0 > 0 && context != nil ? 42 : 43)
      }
      sigaction(trapSignal, &action, nil)
      #expect(FaultBarrier.install())
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { Trap.overflow.spring() } }
    }
  }

  @Test("A previous handler of the plain kind gets what is not contained")
  func previousPlainHandler() async {
    await #expect(processExitsWith: .exitCode(42)) {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { signal in _exit(signal == trapSignal ? 42 : 43) }
      sigaction(trapSignal, &action, nil)
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { armed { raise(trapSignal) } } }
    }
  }

  @Test(
    "A previous handler runs with the signals blocked that it asked for",
    .disabled(
      if: testsAreSanitizedForThreads, "ThreadSanitizer stands before every handler, and blocks all signals itself"))
  func previousMask() async {
    await #expect(processExitsWith: .exitCode(42)) {
      var action = sigaction()
      sigaddset(&action.sa_mask, SIGUSR2)
      action.__sigaction_handler.sa_handler = { _ in
        var blocked = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &blocked)
        _exit(sigismember(&blocked, SIGUSR2) == 1 && sigismember(&blocked, SIGUSR1) == 0 ? 42 : 43)
      }
      sigaction(trapSignal, &action, nil)
      #expect(FaultBarrier.install())
      runThread {
        unblockSignals()
        prepared(context: nil) { Trap.overflow.spring() }
      }
    }
  }

  @Test("A trap ends the program where the signal was ignored; one sent by hand is ignored")
  func ignored() async {
    await #expect(processExitsWith: .signal(trapSignal)) {
      signal(trapSignal, SIG_IGN)
      #expect(FaultBarrier.install())
      runThread { prepared(context: nil) { Trap.overflow.spring() } }
    }
    await #expect(processExitsWith: .exitCode(42)) {
      signal(trapSignal, SIG_IGN)
      #expect(FaultBarrier.install())
      runThread { raise(trapSignal) }
      exit(42)
    }
  }

  @Test("A previous handler does not run for a contained trap")
  func previousHandlerNotRun() async {
    await #expect(processExitsWith: .exitCode(42)) {
      endIfStuck()
      signal(trapSignal) { _ in _exit(43) }
      #expect(FaultBarrier.install())
      startThread { prepared(context: UnsafeMutableRawPointer(bitPattern: 17)) { armed { Trap.overflow.spring() } } }
      let (fault, context) = FaultBarrier.nextFault()
      exit(fault.signal == trapSignal && Int(bitPattern: context) == 17 ? 42 : 44)
    }
  }

  @Test("The program can end while threads are abandoned")
  func exits() async {
    await #expect(processExitsWith: .success) {
      _ = await FaultCatcher.shared.fault { Trap.fatalError.spring() }
      exit(0)
    }
  }
}

/// The threads of a test run inherit a mask that blocks most signals.
private func unblockSignals() {
  var none = sigset_t()
  pthread_sigmask(SIG_SETMASK, &none, nil)
}

@inline(never)
private func executeIllegalInstruction() {
  #if arch(x86_64)
    let code = executable([0x06])
  #else
    let code = executable([0x40, 0x00, 0x20, 0xD4])  // brk #2
  #endif
  unsafeBitCast(code, to: (@convention(c) () -> Void).self)()
}

private func executable(_ code: [UInt8]) -> UnsafeMutableRawPointer {
  let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
  page.copyMemory(from: code, byteCount: code.count)
  mprotect(page, 4096, PROT_READ | PROT_EXEC)
  return page
}
