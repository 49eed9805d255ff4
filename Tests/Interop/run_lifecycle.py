#!/usr/bin/env python3
"""The life and death of connections between a node of this library and a real Erlang, and what tools do to it:
`FIXTURE=…/otp-interop-fixture python3 run_lifecycle.py [NAME…]`. Starts an epmd of its own on ERL_EPMD_PORT (default 14372).

After each case the node is alive, its memory is within 64 MiB of what it was, and no descriptor is left. `LINKS` is the
number of links of L5 (10000)."""
import os, re, shlex, shutil, signal, socket, struct, subprocess, sys, threading, time
import tls

EPMD = int(os.environ.setdefault('ERL_EPMD_PORT', '14372'))
LINKS = int(os.environ.get('LINKS', '10000'))
FIXTURE = os.environ.get('FIXTURE', 'otp-interop-fixture')
INTERFACE = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}']
started = []
cases = []


def case(function):
    cases.append(function)
    return function


def start(arguments, **more):
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=more.pop('stdout', subprocess.DEVNULL),
                               stderr=subprocess.DEVNULL, **more)
    started.append(process)
    return process


def start_epmd():
    process = start(['epmd', '-port', str(EPMD), '-address', '127.0.0.1'])
    wait_until(lambda: names() is not None, 20, 'epmd')
    return process


def end(process):
    for ask in (process.terminate, process.kill):
        try:
            process.send_signal(signal.SIGCONT)
            ask()
            process.wait(3)
            return
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def names():
    run = subprocess.run(['epmd', '-port', str(EPMD), '-names'], capture_output=True, text=True)
    return run.stdout if run.returncode == 0 else None


def wait_until(condition, seconds, what):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f'not within {seconds} s: {what}')


class Node:
    """The fixture, and what it needs."""

    def __init__(self, name='s@localhost', *options):
        self.name = name
        self.process = start([*shlex.split(FIXTURE), name, 'c', *options], stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        assert b'listening' in line, f'the fixture says {line!r}'
        self.mark()

    def mark(self):
        time.sleep(0.2)
        self.memory, self.descriptors = self.resident(), self.open()

    def resident(self):
        with open(f'/proc/{self.process.pid}/status') as status:
            return int(re.search(r'VmRSS:\s+(\d+)', status.read())[1])

    def open(self): return len(os.listdir(f'/proc/{self.process.pid}/fd'))

    def check(self):
        assert self.process.poll() is None, f'the node has ended: {self.process.returncode}'
        wait_until(lambda: self.open() <= self.descriptors, 20, f'{self.open()} descriptors, not {self.descriptors}')
        grown = (self.resident() - self.memory) // 1024
        assert grown <= 64, f'{grown} MiB more memory'

    def signal(self, number): self.process.send_signal(number)


PRE = '''S = '%s', Call = fun(N, R) -> gen_server:call({N, S}, R, 15000) end,
  Do = fun(C) -> Call(bank, {do, C}) end, Say = fun(T) -> io:format("~0p~n", [T]) end, '''


def beam(name, code, to='s@localhost', more=(), wait=True, kind='-sname'):
    """An Erlang node that runs some code and halts: what it prints, or the process."""
    arguments = ['erl', '-noinput', kind, name, '-setcookie', 'c', '-kernel', 'net_ticktime', '4', *more]
    if '-start_epmd' not in more:
        arguments += INTERFACE
    if wait:
        code = 'try ' + code + ' catch K__:E__ -> io:format("~0p~n", [{K__, E__}]) end, halt().'
    arguments += ['-eval', PRE % to + code]
    if not wait:
        return start(arguments)
    return subprocess.run(arguments, capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL).stdout.strip()


def expect(got, wanted):
    assert re.search(wanted, got, re.M), f'got {got[-400:]!r}, not {wanted!r}'


# The life of a connection.

@case
def l1_erlang_freezes(node):
    frozen = beam('fr@localhost', 'pong = net_adm:ping(S), receive after infinity -> ok end.', wait=False)
    expect(beam('l1@localhost', 'W = fun F(0) -> no; F(N) -> case lists:member(fr@localhost, Do(nodes)) of true -> yes; '
                '_ -> timer:sleep(50), F(N - 1) end end, Say(W(400))'), '^yes$')
    frozen.send_signal(signal.SIGSTOP)
    expect(beam('l1@localhost', 'W = fun F(0) -> no; F(N) -> case lists:member(fr@localhost, Do(nodes)) of false -> yes; '
                '_ -> timer:sleep(100), F(N - 1) end end, Say(W(300))'), '^yes$')
    frozen.kill()
    frozen.wait()


@case
def l2_this_node_freezes(node):
    pid = node.process.pid
    expect(beam('l2@localhost', 'pong = net_adm:ping(S), monitor_node(S, true), os:cmd("kill -STOP %d"), '
                'Say(receive M -> M after 30000 -> none end), os:cmd("kill -CONT %d")' % (pid, pid)),
           r'^\{nodedown,s@localhost\}$')
    expect(beam('l2@localhost', 'Say(Call(bank, {echo, 1}))'), '^1$')


@case
def l5_many_links(node):
    expect(beam('l5@localhost', '''P = Call(target, pid), Me = self(), Call(target, drain), B = Call(target, links),
      [spawn(fun() -> process_flag(trap_exit, true), link(P), receive {'EXIT', _, R} -> Me ! R end end) ||
        _ <- lists:seq(1, %d)],
      W = fun F(0) -> ok; F(N) -> case Call(target, links) - B of %d -> ok; _ -> timer:sleep(100), F(N - 1) end end, W(300),
      L = Call(target, links) - B, erlang:disconnect_node(S),
      R = [receive X -> X after 15000 -> none end || _ <- lists:seq(1, %d)],
      D = fun F(0, A) -> A; F(N, A) -> C = A + length(Call(target, drain)), case C of %d -> C;
        _ -> timer:sleep(100), F(N - 1, C) end end,
      Say({L, lists:usort(R), D(300, 0)})''' % ((LINKS,) * 4)), r'^\{%d,\[noconnection\],%d\}$' % (LINKS, LINKS))


@case
def l7_epmd_restarts(node):
    held = beam('l7@localhost', 'pong = net_adm:ping(S), receive after infinity -> ok end.', wait=False)
    wait_until(lambda: 'l7' in (names() or ''), 30, 'a node')
    # Its name stands there before it has asked for its connection.
    expect(beam('l7a@localhost', 'W = fun F(0) -> no; F(N) -> case lists:member(l7@localhost, Do(nodes)) of true -> yes; '
                '_ -> timer:sleep(50), F(N - 1) end end, Say(W(400))'), '^yes$')
    for process in [process for process in started if process.args[0] == 'epmd']:
        process.kill()
        process.wait()
        started.remove(process)
    start_epmd()
    wait_until(lambda: re.search('name s at', names() or ''), 30, 'the name is there again')
    expect(beam('l7b@localhost', 'Say(lists:member(l7@localhost, Do(nodes)))'), '^true$')
    held.kill()
    held.wait()


@case
def l8_many_connections(node):
    code = '[begin true = net_kernel:connect_node(S), 1 = Call(bank, {echo, 1}), erlang:disconnect_node(S) end || ' \
        '_ <- lists:seq(1, 50)], Say(done)'
    said = {}
    threads = [threading.Thread(target=lambda n=n: said.__setitem__(n, beam(f'l8{n}@localhost', code))) for n in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    for number in range(4): expect(said.get(number, ''), '^done$')


@case
def l9_erlang_restarts(node):
    before = int(beam('l9@localhost', 'Say(Call(target, links))'))
    for _ in range(6):
        expect(beam('l9@localhost', '''Call(target, drain), P = spawn(fun() -> receive X -> exit(X) end end),
          Do({link, P}), Do({monitor, P}), L = Call(target, links), Say({L, is_process_alive(P)})'''), r'^\{%d,true\}$' % (before + 1))
    # Each has lost its connection once, and nothing of it is left.
    expect(beam('l9@localhost', 'Say({Call(target, links), lists:usort([R || {\'EXIT\', _, R} <- Call(target, drain)])})'),
           r'^\{%d,\[noconnection\]\}$' % before)


# What other tools ask.

@case
def x5_observer(node):
    expect(beam('x5@localhost', r'''Calls = [{observer_backend, sys_info, []}, {observer_backend, get_table_list, [ets, []]},
        {observer_backend, get_port_list, []}, {observer_backend, get_mnesia_loop, [self()]},
        {observer_backend, procs_info, [self()]}, {observer_backend, etop_collect, [self()]},
        {erlang, system_info, [dirty_cpu_schedulers]}, {erlang, process_info, [Call(target, pid), [links]]},
        {application_controller, get_loaded, []}, {appmon_info, start_link, [node(), self(), []]},
        {erlang, memory, []}, {erlang, system_flag, [scheduler_wall_time, true]}, {logger, get_handler_config, []}],
      R = [rpc:call(S, M, F, A, 3000) || {M, F, A} <- Calls],
      Say(lists:usort([case X of {badrpc, {'EXIT', {undef, _}}} -> undef; _ -> X end || X <- R])),
      Say(Call(bank, {echo, 1}))'''), r'^\[undef\]\n1$')


@case
def x6_remote_shells(node):
    expect(beam('x6@localhost', '''Say([try erpc:call(S, M, F, A) catch error:{exception, R, _} -> R end || {M, F, A} <-
      [{shell, start, []}, {shell, start, [true]}, {code, ensure_loaded, ['Elixir.IEx']}]])'''), r'^\[undef,undef,undef\]$')
    run = subprocess.run(['erl', '-sname', 'x6b@localhost', '-setcookie', 'c', *INTERFACE, '-remsh', 's@localhost'],
                         capture_output=True, text=True, timeout=60, input='\n')
    expect(run.stdout + run.stderr, r'(?i)could not|error|undef|terminat')


@case
def x7_c_node(node):
    run = subprocess.run(['erl_call', '-sname', 's@localhost', '-c', 'c', '-a', 'calc add [1,2]'], capture_output=True,
                         text=True, timeout=40, stdin=subprocess.DEVNULL)
    expect(run.stdout, '^3')


# What Erlang's own tools do to servers here.

@case
def s1_system_messages(node):
    expect(beam('s1@localhost', '''B = {bank, S}, ok = sys:suspend(B), ok = gen_server:cast(B, {deposit, 5}),
      R = try gen_server:call(B, get, 200) catch exit:{X, _} -> X end, St = lists:nth(2, element(4, sys:get_status(B))),
      #{balance := A} = sys:get_state(B), ok = sys:resume(B), N = Call(bank, get) - A,
      ok = sys:statistics(B, true), {ok, _} = {ok, Call(bank, get)}, {ok, [_, _, _, I, _]} = sys:statistics(B, get),
      ok = sys:no_debug(B), {_, P, _, _} = lists:keyfind(b, 1, supervisor:which_children({sup, S})),
      C = sys:replace_state(P, fun(M) -> M#{count := 42} end), #{strategy := Y} = sys:get_state({sup, S}),
      Say({R, St, N, I, C, gen_server:call(P, get), Y})'''),
           r'^\{timeout,suspended,5,\{messages_in,1\},#\{count => 42\},42,one_for_one\}$')


@case
def s2_groups(node):
    expect(beam('s2@localhost', '''pg:start_link(), pong = net_adm:ping(S), ok = pg:join(swift_group, self()),
      W = fun F(0, _) -> none; F(N, C) -> case C() of yes -> yes; _ -> timer:sleep(50), F(N - 1, C) end end,
      There = W(300, fun() -> case lists:member(self(), Do({members, swift_group})) of true -> yes; _ -> no end end),
      Here = W(300, fun() -> case pg:get_members(swift_group) of [_, _] -> yes; _ -> no end end),
      ok = pg:leave(swift_group, self()),
      Left = W(300, fun() -> case length(Do({members, swift_group})) of 1 -> yes; _ -> no end end),
      pg:join(swift_group, self()), Say({There, Here, Left})'''), r'^\{yes,yes,yes\}$')
    expect(beam('s2@localhost', 'W = fun F(0) -> no; F(N) -> case length(Do({members, swift_group})) of 1 -> yes; '
                '_ -> timer:sleep(50), F(N - 1) end end, Say(W(300))'), '^yes$')


# The last of the common node: it is killed.

@case
def l3_this_node_is_killed(node):
    expect(beam('l3@localhost', '''process_flag(trap_exit, true), P = Call(victim, pid), link(P), monitor(process, P),
      spawn_link(fun() -> catch gen_server:call({bank, S}, {sleep, 9000}), exit(called) end), timer:sleep(200),
      os:cmd("kill -9 %d"), Say(lists:sort([receive {'EXIT', _, R} -> R; {'DOWN', _, _, _, R} -> R after 20000 -> none end
      || _ <- [1, 2, 3]]))''' % node.process.pid), r'^\[called,noconnection,noconnection\]$')
    node.process.wait()


# Nodes of their own.

def x1_no_epmd():
    node = Node('s@localhost', '--no-epmd', '--port', '25911')
    expect(beam('e9@localhost', 'Say(net_adm:ping(S))', more=[
        '-start_epmd', 'false', '-erl_epmd_port', '25911', '-kernel', 'inet_dist_use_interface', '{127,0,0,2}']), '^pong$')
    node.check()


def x4_visible():
    node = Node('v@localhost', '--visible', '--epmd-port', str(EPMD))
    other = beam('x4b@localhost', 'pong = net_adm:ping(S), receive after infinity -> ok end.', to='v@localhost', wait=False)
    expect(beam('x4@localhost', '''pong = net_adm:ping(S),
      W = fun F(0) -> no; F(N) -> case net_adm:ping(x4b@localhost) of pong -> yes; _ -> timer:sleep(100), F(N - 1) end end,
      yes = W(200), N = lists:sort(nodes()), G = global:sync(), R = global:register_name(me, self()),
      T = global:trans({id, self()}, fun() -> done end), erlang:disconnect_node(S), timer:sleep(300),
      Say({N, G, R, T, nodes()})''', to='v@localhost'),
           r'^\{\[v@localhost,x4b@localhost\],ok,yes,done,\[x4b@localhost\]\}$')
    other.kill()
    other.wait()
    node.check()


def x9_long_names():
    node = Node('s@127.0.0.1', '--epmd-port', str(EPMD))
    expect(beam('t@127.0.0.1', 'Say(net_adm:ping(S))', to='s@127.0.0.1', kind='-name'), '^pong$')
    expect(beam('t@localhost', 'Say(net_adm:ping(S))', to='s@127.0.0.1'), '^pang$')
    node.check()


TLS = ['--epmd-port', str(EPMD), '--tls', tls.folder('good')]


def encrypted_pair(name, folder):
    """A node with TLS and another one, with the certificate of a folder. The first has had its first connection."""
    node, other = Node('s@localhost', *TLS), Node(name, '--epmd-port', str(EPMD), '--tls', tls.folder(folder))
    beam('warm@localhost', f"Call(bank, get), Do({{ping, '{name}'}})", more=tls.arguments())
    for one in (node, other): one.mark()
    return node, other


def x2_tls():
    node, other = encrypted_pair('t@localhost', 'good')
    # Erlang asks, and is asked: ping, calls, a cast, links, monitors, 3 MB each way, and a connection made anew.
    code = '''process_flag(trap_exit, true), register(me, self()), pong = net_adm:ping(S),
      gen_server:cast({bank, S}, {deposit, 5}), 5 = Call(bank, get), 3000000 = Call(bank, {size, binary:copy(<<1>>, 3000000)}),
      3000000 = byte_size(Call(bank, {make, 3000000})), Call(target, drain),
      V = Call(victim, pid), link(V), monitor(process, {victim, S}), exit(V, gone),
      Here = lists:sort([receive {'EXIT', V, R} -> R; {'DOWN', _, _, _, R} -> R after 20000 -> none end || _ <- [1, 2]]),
      P = spawn(fun() -> receive X -> exit(X) end end), Do({link, P}), Do({monitor, P}), P ! oops,
      W = fun F(0, A) -> A; F(N, A) -> case A ++ Call(target, drain) of [_, _] = B -> B; B -> timer:sleep(50), F(N - 1, B) end end,
      There = lists:sort([lists:last(tuple_to_list(T)) || T <- W(400, [])]),
      ok = Do({send, {me, node()}, hello}), Heard = receive hello -> yes after 20000 -> no end,
      erlang:disconnect_node(S), pong = Do({ping, node()}),
      Say({Here, There, Heard, Do({call, {bank, t@localhost}, {deposit, 3}}), Do({ping, t@localhost})})'''
    expect(beam('e10@localhost', code, more=tls.arguments()),
           r'^\{\[gone,gone\],\[oops,oops\],yes,\{ok,\{ok,3\}\},pong\}$')
    elixir = ['elixir', '--sname', 'x10@localhost', '--cookie', 'c', '--erl', ' '.join([*INTERFACE, *tls.arguments()]),
              '-e', 'IO.inspect({Node.connect(:s@localhost), GenServer.call({:bank, :s@localhost}, {:echo, "hola"})})']
    run = subprocess.run(elixir, capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL)
    expect(run.stdout, r'^\{true, "hola"\}$')
    for one in (node, other):
        one.check()
        end(one.process)


def x3_tls_refused():
    node, stranger = encrypted_pair('o@localhost', 'other')
    # A certificate of another authority, one that has expired, and none at all.
    said = {}
    peers = {'o1': tls.arguments('other'), 'o2': tls.arguments('expired'), 'o3': []}
    ask = 'Say(net_adm:ping(S))'
    threads = [threading.Thread(target=lambda n=n: said.__setitem__(n, beam(f'{n}@localhost', ask, more=peers[n])))
               for n in peers]
    for thread in threads: thread.start()
    port = int(re.search(r'name s at port (\d+)', names())[1])
    for hello in (b'\0\x1eN' + bytes(28), b'GET / HTTP/1.1\r\n\r\n'):
        with socket.create_connection(('127.0.0.1', port), timeout=20) as plain:
            plain.sendall(hello)
            while plain.recv(1024): pass
    if shutil.which('openssl'):
        run = subprocess.run(['openssl', 's_client', '-tls1_2', '-connect', f'127.0.0.1:{port}', '-cert',
                              tls.folder('good/cert.pem'), '-key', tls.folder('good/key.pem')],
                             input='R\n', capture_output=True, text=True, timeout=40)
        expect(run.stdout + run.stderr, 'RENEGOTIATING')
    else:
        print('x3: who wants to renegotiate: skipped: there is no openssl', flush=True)
    for thread in threads: thread.join()
    for name in peers: expect(said.get(name, ''), '^pang$')
    # The same the other way round: a node of this library dials. And the node is as it was.
    expect(beam('o4@localhost', 'Say({Do({ping, o@localhost}), net_adm:ping(S)})', more=tls.arguments()), r'^\{pang,pong\}$')
    node.check()
    for one in (node, stranger): end(one.process)


class Proxy:
    """Stands between a node and those that look its name up. While it is cut, bytes vanish and nothing is closed."""

    def __init__(self, name, port):
        self.target, self.is_cut, self.sockets = port, False, []
        self.server = socket.create_server(('127.0.0.1', 0))
        request = struct.pack('>BHBBHHH', 120, self.server.getsockname()[1], 72, 0, 6, 5, len(name)) + name.encode()
        request += struct.pack('>H', 0)
        self.epmd = socket.create_connection(('127.0.0.1', EPMD))
        self.epmd.sendall(struct.pack('>H', len(request)) + request)
        answer = self.epmd.recv(16)
        assert answer[1] == 0, 'epmd does not take the name'
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try: near, _ = self.server.accept()
            except OSError: return
            far = socket.create_connection(('127.0.0.1', self.target))
            self.sockets += [near, far]
            # What was connected when it was cut stays so for ever.
            life = {'cut': False}
            self.lives = getattr(self, 'lives', []) + [life]
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(a, b, life), daemon=True).start()

    def pump(self, a, b, life):
        try:
            while data := a.recv(65536):
                if not life['cut']: b.sendall(data)
        except OSError: pass
        if not life['cut']:
            for end in (a, b):
                try: end.shutdown(socket.SHUT_RDWR)
                except OSError: pass

    def cut(self):
        for life in getattr(self, 'lives', []): life['cut'] = True

    def close(self):
        self.server.close()
        self.epmd.close()
        for end in self.sockets: end.close()


def l4_netsplit():
    node = Node('n@localhost', '--no-epmd', '--port', '25912', '--tick', '1')
    proxy = Proxy('n', 25912)
    read, write = os.pipe()
    os.set_inheritable(write, True)
    code = '''process_flag(trap_exit, true), P = Call(target, pid), Call(target, drain), link(P), monitor_node(S, true),
      Say(linked), R = lists:sort([receive {'EXIT', _, X} -> X; {nodedown, X} -> X after 30000 -> none end ||
        _ <- [1, 2]]), Say(R), W = fun F(0) -> none; F(N) -> case Call(target, drain) of [] -> timer:sleep(100), F(N - 1);
        [{'EXIT', Q, Y}] -> {Q == self(), Y} end end, Say(W(300)), Say(net_adm:ping(S)), halt().'''
    arguments = ['erl', '-noinput', '-sname', 'l4@localhost', '-setcookie', 'c', '-kernel', 'net_ticktime', '4', *INTERFACE]
    side = start([*arguments, '-eval', (PRE % 'n@localhost' + code).replace('"~0p~n"', '">~0p~n"')], stdout=write, pass_fds=[write])
    os.close(write)
    with os.fdopen(read) as output:
        # Erlang's own reports stand in between.
        lines = (line[1:] for line in output if line.startswith('>'))
        expect(next(lines, ''), 'linked')
        proxy.cut()
        expect(next(lines, ''), r'\[n@localhost,noconnection\]')
        expect(next(lines, ''), r'\{true,noconnection\}')
        expect(next(lines, ''), r'^pong')
    side.wait(20)
    proxy.close()
    node.check()


def run(name, body):
    begin = time.time()
    try:
        body()
        print(f'{name:24} ok   {time.time() - begin:5.1f} s', flush=True)
        return 0
    except Exception as error:
        print(f'{name:24} FAIL {time.time() - begin:5.1f} s: {type(error).__name__}: {error}', flush=True)
        return 1


def main():
    wanted = sys.argv[1:]
    failed = 0

    def is_wanted(function): return not wanted or any(function.__name__.startswith(name.lower()) for name in wanted)
    try:
        start_epmd()
        node = None
        for function in filter(is_wanted, cases):
            if node is None:
                node = Node('s@localhost', '--epmd-port', str(EPMD), '--tick', '1')
                # What it needs for its first connection it keeps.
                beam('warm@localhost', 'Call(bank, get)')
                node.mark()

            def body():
                function(node)
                if function is not l3_this_node_is_killed: node.check()
            failed += run(function.__name__, body)
            if node.process.poll() is not None: node = None
        if node is not None: end(node.process)
        for function in filter(is_wanted, [x1_no_epmd, x2_tls, x3_tls_refused, x4_visible, x9_long_names, l4_netsplit]):
            failed += run(function.__name__, function)
        print(f'{failed} failed')
    finally:
        for process in reversed(started): end(process)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
