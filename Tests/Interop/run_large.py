#!/usr/bin/env python3
"""L8, L9 and H-25 in full size: too long for every change, so by hand. `FIXTURE=…/otp-interop-fixture python3 run_large.py
[NAME…]`, with TLS=1 encrypted. Each case says what it took, and what it left behind in the node."""
import os, re, sys, threading, time
import run_lifecycle as life, tls
from run_lifecycle import beam, expect

MORE = tls.arguments() if os.environ.get('TLS') else []
OPTIONS = ['--epmd-port', str(life.EPMD), '--tick', '1'] + (['--tls', tls.folder('good')] if MORE else [])


def l8_thousand_connections(node):
    """Twenty Erlang nodes connect and disconnect fifty times each."""
    # Erlang's own books of a connection with TLS are behind for a moment when it has ended: until then it says that it stands.
    code = 'Down = fun F() -> case ets:member(sys_dist, S) of true -> timer:sleep(5), F(); false -> ok end end, ' \
        '[begin true = net_kernel:connect_node(S), 1 = Call(bank, {echo, 1}), erlang:disconnect_node(S), Down() end || ' \
        '_ <- lists:seq(1, 50)], Say(done)'
    said = {}
    threads = [threading.Thread(target=lambda n=n: said.__setitem__(n, beam(f'l8{n}@localhost', code, more=MORE)))
               for n in range(20)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    for number in range(20): expect(said.get(number, ''), '^done$')


def l9_fifty_restarts(node):
    """An Erlang node starts fifty times under one name; each time a process here links to one of its own and monitors it. The
    first pid of each life is that of the lives before, but for its creation."""
    before = int(beam('l9@localhost', 'Say(Call(target, links))', more=MORE))
    for _ in range(50):
        expect(beam('l9@localhost', '''Call(target, drain), P = spawn(fun() -> receive X -> exit(X) end end),
          Do({link, P}), Do({monitor, P}), L = Call(target, links), Say({L, is_process_alive(P)})''', more=MORE),
               r'^\{%d,true\}$' % (before + 1))
    expect(beam('l9@localhost', 'Say({Call(target, links), lists:usort([R || {\'EXIT\', _, R} <- Call(target, drain)])})',
                more=MORE), r'^\{%d,\[noconnection\]\}$' % before)


def h25_fifty_thousand_monitors(node):
    """An Erlang node monitors one process fifty thousand times, and disconnects."""
    said = beam('h25@localhost', '''P = Call(target, pid), [monitor(process, P) || _ <- lists:seq(1, 50000)], P = Call(target, pid),
      M = string:trim(os:cmd("grep VmRSS /proc/%d/status")), erlang:disconnect_node(S),
      R = [receive {'DOWN', _, _, _, X} -> X after 15000 -> none end || _ <- lists:seq(1, 50000)],
      P = Call(target, pid), Say({lists:usort(R), M})''' % node.process.pid, more=MORE)
    expect(said, r'^\{\[noconnection\],')
    print(f'  while they stand: {int(re.search(r"([0-9]+) kB", said)[1]) // 1024} MiB resident')


def main():
    failed = 0
    try:
        life.start_epmd()
        node = life.Node('s@localhost', *OPTIONS)
        beam('warm@localhost', 'Call(bank, get)', more=MORE)
        node.mark()
        for function in (l8_thousand_connections, l9_fifty_restarts, h25_fifty_thousand_monitors):
            if sys.argv[1:] and not any(function.__name__.startswith(name.lower()) for name in sys.argv[1:]): continue

            def body():
                function(node)
                node.check()
            failed += life.run(function.__name__, body)
            time.sleep(1)
            print(f'  left: {(node.resident() - node.memory) / 1024:+.1f} MiB, {node.open() - node.descriptors:+d} descriptors')
    finally:
        for process in reversed(life.started): life.end(process)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
