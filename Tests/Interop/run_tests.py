#!/usr/bin/env python3
"""A real Elixir and Erlang against a node of this library: `FIXTURE="…/otp-interop-fixture s@localhost c --epmd-port 14370"
python3 run_tests.py [NUMBER…]`. Starts an epmd of its own on ERL_EPMD_PORT (default 14370). With TLS=1 all of it is encrypted."""
import os, re, subprocess, sys, time, shlex, signal
import tls
os.environ.setdefault('ERL_EPMD_PORT', '14370')
EPMD = os.environ['ERL_EPMD_PORT']
# `til` asks again and again until the answer is what is wanted, or for half a minute; `drained` drains the target until so many
# messages have come: a busy machine may take its time, and who waits for a fixed one fails there.
PRE = 's = :"s@localhost"; c = fn n, r -> GenServer.call({n, s}, r, 30000) end; dov = fn cmd -> GenServer.call({:bank, s}, {:do, cmd}, 30000) end; til = fn ask, good -> Enum.reduce_while(1..600, nil, fn _, _ -> x = ask.(); if good.(x), do: {:halt, x}, else: (Process.sleep(50); {:cont, x}) end) end; drained = fn n -> Enum.reduce_while(1..600, [], fn _, l -> l = l ++ c.(:target, :drain); if length(l) >= n, do: {:halt, l}, else: (Process.sleep(50); {:cont, l}) end) end; _ = {s, c, dov, til, drained}; '
T = []
def t(level, title, code, expect, note=''):
    T.append(dict(id=len(T) + 1, level=level, title=title, code=code, expect=expect, note=note, kind='ex'))
def sh(level, title, code, expect, note=''):
    T.append(dict(id=len(T) + 1, level=level, title=title, code=code, expect=expect, note=note, kind='sh'))

# ---- level 1: handshake, names, ping
sh(1, 'epmd knows the node', 'epmd -names', r'name s at port \d+')
t(1, 'BEAM connects to the node', 'IO.inspect(Node.connect(s))', r'^true$')
t(1, 'hidden node is in nodes(hidden), not in nodes()', 'Node.connect(s); IO.inspect({Node.list(), Node.list(:hidden)})', r'\{\[\], \[:s@localhost\]\}')
t(1, 'Node.ping', 'IO.inspect(Node.ping(s))', r'^:pong$')
sh(1, 'net_adm:ping from erl', "erl -noinput -hidden -sname e1@localhost -setcookie c -eval 'io:format(\"~p~n\",[net_adm:ping(s@localhost)]), halt().'", r'^pong$')
t(1, 'wrong cookie is refused', 'Node.set_cookie(:bad); IO.inspect(Node.connect(s))', r'^false$')
t(1, 'node driven: Swift connects to BEAM and pings it', 'Node.connect(s); IO.inspect(dov.({:ping, node()}))', r'^:pong$')
# ---- level 2: calls and casts to Swift
t(2, 'GenServer.call atom request', 'IO.inspect(c.(:bank, :get))', r'^0$')
t(2, 'GenServer.call tagged tuple (save "hola")', 'c.(:bank, {:save, "hola"}); IO.inspect(c.(:bank, :last))', r'^"hola"$')
t(2, 'call with integers and reply tuple', 'IO.inspect(c.(:bank, {:deposit, 10}))', r'^\{:ok, \d+\}$')
t(2, 'cast then call (ordering from one process)', 'a = c.(:bank, :get); for _ <- 1..100, do: GenServer.cast({:bank, s}, {:deposit, 1}); IO.inspect(c.(:bank, :get) - a)', r'^100$')
t(2, 'plain message and answer', 'send({:bank, s}, {:ping, self()}); IO.inspect(receive do m -> m after 20000 -> :none end)', r'^\{:pong, :s@localhost\}$')
t(2, 'call by pid', '{_, pid} = c.(:bank, :whoami); IO.inspect(GenServer.call(pid, {:echo, node(pid)}))', r'^:s@localhost$')
t(2, 'call to an unknown name exits noproc', 'IO.inspect(catch_exit = try do GenServer.call({:nobody, s}, :x) catch :exit, {r, _} -> r end)', r'^:noproc$')
t(2, 'call timeout, late reply is not delivered', 'r = try do GenServer.call({:bank, s}, {:sleep, 400}, 100) catch :exit, {r, _} -> r end; IO.inspect({r, receive do m -> m after 800 -> :none end})', r'^\{:timeout, :none\}$')
t(2, 'server crash during a call surfaces its reason', 'IO.inspect(try do c.(:bank, :crash) catch :exit, {r, _} -> r end)', r'^\{:boom, 1\}$')
t(2, 'GenServer.stop', 'IO.inspect(GenServer.stop({:bank, s}))', r'^:ok$')
t(2, 'multi_call and abcast', ':gen_server.abcast([s], :bank, {:deposit, 1}); IO.inspect(:gen_server.multi_call([s], :bank, {:echo, 7}))', r'^\{\[s@localhost: 7\], \[\]\}$')
t(2, 'send_request / receive_response', 'IO.inspect(:gen_server.send_request({:bank, s}, {:echo, 1}) |> :gen_server.receive_response(20000))', r'^\{:reply, 1\}$')
t(2, '1000 concurrent calls', 'IO.inspect(1..1000 |> Task.async_stream(fn i -> c.(:bank, {:echo, i}) end, max_concurrency: 200) |> Enum.map(fn {:ok, v} -> v end) |> Enum.sum())', r'^500500$')
# ---- level 3: terms
TERMS = '[0, 255, 256, -1, 2_147_483_647, 2_147_483_648, -2_147_483_649, Integer.pow(2, 64), -Integer.pow(2, 4000), 1.5, -0.0, :abc, :"ñandú", String.to_atom(String.duplicate("ñ", 255)), nil, true, [], [1, 2, 3], [1, 2, 300], ~c"hola", [1 | 2], Enum.to_list(1..70_000), "hola", "", <<5::3>>, {}, {1, 2}, List.to_tuple(Enum.to_list(1..300)), %{}, %{1 => :x, 1.0 => :y, {1, 2} => "z"}, self(), make_ref(), hd(Port.list()), &String.length/1, 1..3, ~D[2026-01-02], ~U[2026-01-02 03:04:05.678901Z], MapSet.new([1, 2])]'
t(3, 'echo of every term type is identical', 'bad = for x <- ' + TERMS + ', c.(:bank, {:echo, x}) !== x, do: x; IO.inspect(bad)', r'^\[\]$')
t(3, 'fun is passed through opaquely', 'c.(:bank, :get); k = 41; f = fn x -> x + k end; g = c.(:bank, {:echo, f}); IO.inspect(g.(1))', r'^42$', 'the first call opens the connection, so that the fun arrives with atom cache references inside')
t(3, 'deep nesting (1000 tuples) round trip', 'x = Enum.reduce(1..1000, :leaf, fn _, a -> {a} end); IO.inspect(c.(:bank, {:echo, x}) === x)', r'^true$', 'decoder must be iterative or allow a depth of at least 1,000')
t(3, 'large binary to Swift (20 MB, fragmented)', 'IO.inspect(GenServer.call({:bank, s}, {:size, :binary.copy("x", 20_000_000)}, 30000))', r'^20000000$')
t(3, 'large binary from Swift (20 MB)', 'IO.inspect(byte_size(GenServer.call({:bank, s}, {:make, 20_000_000}, 30000)))', r'^20000000$')
t(3, 'small call is answered while a 50 MB one is in flight from another process', 'me = self(); spawn(fn -> send(me, {:big, GenServer.call({:bank, s}, {:size, :binary.copy("x", 50_000_000)}, 60000)}) end); Process.sleep(5); send(me, {:small, c.(:bank, {:echo, 1})}); IO.inspect(for _ <- 1..2, do: elem(receive do m -> m after 60000 -> {:none} end, 0))', r'^\[:(small, :big|big, :small)\]$', 'informational: fragments should let :small win')
# ---- level 4: signals
t(4, 'monitor by name, DOWN with the reason and {name, node}', 'r = Process.monitor({:victim, s}); pid = c.(:victim, :pid); Process.exit(pid, :gone); IO.inspect(receive do {:DOWN, ^r, :process, o, w} -> {o, w} after 20000 -> :none end)', r'^\{\{:victim, :s@localhost\}, :gone\}$')
t(4, 'monitor by pid', 'pid = c.(:victim, :pid); r = Process.monitor(pid); Process.exit(pid, {:shutdown, 3}); IO.inspect(receive do {:DOWN, ^r, :process, ^pid, w} -> w after 20000 -> :none end)', r'^\{:shutdown, 3\}$')
t(4, 'monitor of a dead pid and of an unknown name', 'pid = c.(:victim, :pid); Process.exit(pid, :kill); Process.sleep(100); a = Process.monitor(pid); b = Process.monitor({:nobody, s}); IO.inspect(for m <- [a, b], do: (receive do {:DOWN, ^m, _, _, w} -> w after 20000 -> :none end))', r'^\[:noproc, :noproc\]$')
t(4, 'demonitor stops DOWN', 'pid = c.(:victim, :pid); r = Process.monitor(pid); Process.demonitor(r); Process.exit(pid, :x); IO.inspect(receive do m -> m after 400 -> :none end)', r'^:none$')
t(4, 'link: BEAM process dies, Swift trapping process gets EXIT', 'c.(:target, :drain); t = c.(:target, :pid); p = spawn(fn -> Process.link(t); Process.sleep(100); exit(:oops) end); IO.inspect([{:EXIT, p, :oops}] == drained.(1))', r'^true$')
t(4, 'link: Swift process dies, BEAM trapping process gets EXIT', 'Process.flag(:trap_exit, true); pid = c.(:victim, :pid); Process.link(pid); Process.exit(pid, :bang); IO.inspect(receive do {:EXIT, ^pid, w} -> w after 20000 -> :none end)', r'^:bang$')
t(4, 'unlink removes the link on both sides', 't = c.(:target, :pid); c.(:target, :drain); a = c.(:target, :links); Process.link(t); Process.sleep(50); b = c.(:target, :links); Process.unlink(t); Process.sleep(50); IO.inspect({b - a, c.(:target, :links) - a})', r'^\{1, 0\}$')
t(4, 'link to a dead Swift pid gives noproc', 'Process.flag(:trap_exit, true); pid = c.(:victim, :pid); Process.exit(pid, :kill); Process.sleep(100); Process.link(pid); IO.inspect(receive do {:EXIT, ^pid, w} -> w after 20000 -> :none end)', r'^:noproc$')
t(4, 'exit(pid, :kill) becomes killed', 'pid = c.(:victim, :pid); r = Process.monitor(pid); Process.exit(pid, :kill); IO.inspect(receive do {:DOWN, ^r, _, _, w} -> w after 20000 -> :none end)', r'^:killed$')
t(4, 'exit signal to a trapping Swift process is a message', 'c.(:target, :drain); Process.exit(c.(:target, :pid), :hello); Process.sleep(100); me = self(); IO.inspect([{:EXIT, me, :hello}] == c.(:target, :drain))', r'^true$')
t(4, 'exit(pid, :normal) does not kill a non trapping process', 'pid = c.(:victim, :pid); Process.exit(pid, :normal); Process.sleep(100); IO.inspect(c.(:victim, :pid) == pid)', r'^true$')
# ---- level 5: Swift acts on BEAM
SRV = 'defmodule Srv do use GenServer; def init(x), do: {:ok, x}; def handle_call({:add, a, b}, _, s), do: {:reply, a + b, s}; def handle_call(:slow, _, s), do: {:noreply, s}; def handle_call(:boom, _, s), do: {:stop, :boom, s}; def handle_cast(m, s), do: (send(s, {:cast, m}); {:noreply, s}); def handle_info(m, s), do: (send(s, {:info, m}); {:noreply, s}) end; {:ok, srv} = GenServer.start(Srv, self(), name: :srv); _ = srv; Node.connect(s); '
t(5, 'Swift calls an Elixir GenServer', SRV + 'IO.inspect(dov.({:call, {:srv, node()}, {:add, 2, 3}}))', r'^\{:ok, 5\}$')
t(5, 'Swift call: noproc, timeout and crash', SRV + 'IO.inspect([dov.({:call, {:nope, node()}, :x}), dov.({:call, {:srv, node()}, :slow, 200}), dov.({:call, {:srv, node()}, :boom})])', r'^\[exit: :noproc, exit: :timeout, exit: :boom\]$')
t(5, 'Swift casts and sends', SRV + 'dov.({:cast, {:srv, node()}, :hola}); dov.({:send, {:srv, node()}, :hey}); IO.inspect(for _ <- 1..2, do: (receive do m -> m after 20000 -> :none end))', r'^\[cast: :hola, info: :hey\]$')
t(5, 'Swift links to a BEAM process that dies', SRV + 'c.(:target, :drain); p = spawn(fn -> receive do :die -> exit({:oops, 1}) end end); dov.({:link, p}); send(p, :die); IO.inspect([{:EXIT, p, {:oops, 1}}] == drained.(1))', r'^true$')
t(5, 'Swift unlinks, then the BEAM process dies: nothing arrives', SRV + 'c.(:target, :drain); p = spawn(fn -> receive do :die -> exit(:x) end end); dov.({:link, p}); dov.({:unlink, p}); send(p, :die); Process.sleep(200); IO.inspect(c.(:target, :drain))', r'^\[\]$')
t(5, 'Swift monitors pid and name, DOWN reasons', SRV + 'c.(:target, :drain); p = spawn(fn -> receive do :die -> exit(:x) end end); dov.({:monitor, p}); dov.({:monitor, {:absent, node()}}); send(p, :die); IO.inspect(Enum.map(drained.(2), &elem(&1, 4)) |> Enum.sort())', r'^\[:noproc, :x\]$')
t(5, 'Swift sends an exit signal', SRV + 'Process.flag(:trap_exit, true); dov.({:exit, self(), :from_swift}); IO.inspect(receive do {:EXIT, _, w} -> w after 20000 -> :none end)', r'^:from_swift$')
t(5, 'Swift spawn_request on BEAM', SRV + '{:ok, p} = dov.({:spawn, node(), :erlang, :node, []}); IO.inspect({is_pid(p), dov.({:spawn, node(), :erlang, :node, [], [:badopt]})})', r'^\{true, \{:error, :badopt\}\}$')
t(5, 'Swift erpc to BEAM', SRV + 'IO.inspect(dov.({:erpc, node(), :lists, :sum, [[1, 2, 3]]}))', r'^\{:ok, 6\}$')
t(5, 'Swift sends to an alias of a BEAM process, which takes one message', SRV + 'a = :erlang.alias([:reply]); dov.({:alias, a, :one}); dov.({:alias, a, :two}); IO.inspect(for w <- [20000, 500], do: (receive do m -> m after w -> :none end))', r'^\[:one, :none\]$')
t(5, 'BEAM sends to an alias of a Swift process, which takes one message', 'c.(:bank, :get); dov.({:give_alias, self()}); a = receive do {:alias, a} -> a after 20000 -> :none end; send(a, :one); send(a, :two); IO.inspect(for w <- [20000, 500], do: (receive do m -> m after w -> :none end))', r'^\[\{:got, :one\}, :none\]$|^\[got: :one, :none\]$')
# ---- level 6: supervisors, sys, rpc, pg
t(6, 'Supervisor.which_children / count_children', 'IO.inspect({Enum.map(Supervisor.which_children({:sup, s}), fn {i, p, t, m} -> {i, is_pid(p), t, m} end) |> Enum.sort() |> Enum.take(2), Supervisor.count_children({:sup, s}).active >= 2})', r'^\{\[\{:a, true, :worker, \[Counter\]\}, \{:b, true, :worker, \[Counter\]\}\], true\}$')
t(6, 'Supervisor.start_child / terminate / restart / delete', 'sp = %{id: :k1, start: {Counter, :start_link, [5]}}; {:ok, p} = Supervisor.start_child({:sup, s}, sp); v = GenServer.call(p, :get); {:error, {:already_started, ^p}} = Supervisor.start_child({:sup, s}, sp); :ok = Supervisor.terminate_child({:sup, s}, :k1); {:ok, q} = Supervisor.restart_child({:sup, s}, :k1); {:error, :running} = Supervisor.delete_child({:sup, s}, :k1); :ok = Supervisor.terminate_child({:sup, s}, :k1); :ok = Supervisor.delete_child({:sup, s}, :k1); IO.inspect({v, p != q, Supervisor.terminate_child({:sup, s}, :k1)})', r'^\{5, true, \{:error, :not_found\}\}$')
t(6, 'Erlang tuple child spec and DynamicSupervisor shape', '{:ok, a} = :supervisor.start_child({:sup, s}, {:k2, {Counter, :start_link, [1]}, :temporary, 5000, :worker, [Counter]}); {:ok, b} = DynamicSupervisor.start_child({:sup, s}, %{id: :x, start: {Counter, :start_link, [2]}, restart: :temporary}); r = {GenServer.call(a, :get), GenServer.call(b, :get), DynamicSupervisor.terminate_child({:sup, s}, b)}; :supervisor.terminate_child({:sup, s}, :k2); :supervisor.delete_child({:sup, s}, :k2); IO.inspect(r)', r'^\{1, 2, :ok\}$')
t(6, 'a crashed permanent child is restarted with a new pid', '{_, p, _, _} = Enum.find(Supervisor.which_children({:sup, s}), &(elem(&1, 0) == :a)); Process.exit(p, :kill); q = til.(fn -> elem(Enum.find(Supervisor.which_children({:sup, s}), &(elem(&1, 0) == :a)), 1) end, &(is_pid(&1) and &1 != p)); IO.inspect(is_pid(q) and p != q)', r'^true$')
t(6, ':sys.get_state and :sys.get_status', 'IO.inspect({is_map(:sys.get_state({:bank, s})), elem(:sys.get_status({:bank, s}), 0), elem(elem(:sys.get_status({:bank, s}), 2), 0)})', r'^\{true, :status, :module\}$')
t(6, 'erpc / rpc to exported functions', 'IO.inspect({:erpc.call(s, :calc, :add, [1, 2]), :rpc.call(s, :erlang, :node, []), :rpc.call(s, :erlang, :whereis, [:bank]) |> is_pid()})', r'^\{3, :s@localhost, true\}$')
t(6, 'erpc to a function that is not exported fails with undef', 'IO.inspect({try do :erpc.call(s, :os, :cmd, [~c"id"]) catch :error, {:exception, r, _} -> r end, :rpc.call(s, :os, :cmd, [~c"id"]) |> elem(0)})', r'^\{:undef, :badrpc\}$')
t(6, 'pg: group of the Swift node is seen and dropped', ':pg.start_link(); Node.connect(s); dov.({:discover, node()}); a = til.(fn -> length(:pg.get_members(:swift_group)) end, &(&1 == 1)); Node.disconnect(s); IO.inspect({a, til.(fn -> :pg.get_members(:swift_group) end, &(&1 == []))})', r'^\{1, \[\]\}$')
# ---- level 7: connection life
t(7, 'nodeup / nodedown events with reason (hidden)', ':net_kernel.monitor_nodes(true, [:nodedown_reason, {:node_type, :all}]); Node.connect(s); Node.disconnect(s); IO.inspect(for _ <- 1..2, do: elem(receive do m -> m after 2000 -> {:none} end, 0))', r'^\[:nodeup, :nodedown\]$')
t(7, 'disconnect: call gives nodedown, link and monitor give noconnection', 'pid = c.(:victim, :pid); Process.flag(:trap_exit, true); Process.monitor(pid); Process.link(pid); spawn(fn -> Process.sleep(200); Node.disconnect(s) end); r = try do GenServer.call({:bank, s}, {:sleep, 3000}) catch :exit, {r, _} -> r end; l = for _ <- 1..2, do: (receive do {:DOWN, _, _, _, w} -> w; {:EXIT, _, w} -> w after 20000 -> :none end); IO.inspect({r, l})', r'^\{\{:nodedown, :s@localhost\}, \[:noconnection, :noconnection\]\}$')
t(7, 'Swift closes the connection: nodedown at BEAM, auto reconnect by the next call', 'Node.monitor(s, true); dov.({:disconnect, node()}); a = receive do m -> m after 20000 -> :none end; IO.inspect({a, c.(:bank, {:echo, 1})})', r'^\{\{:nodedown, :s@localhost\}, 1\}$')
t(7, 'Swift target sees EXIT noconnection when the BEAM node is killed (SIGKILL)', 'c.(:target, :drain); IO.inspect(System.cmd("sh", ["-c", "elixir --sname k1@localhost --cookie c --hidden -e \'Process.flag(:trap_exit, true); Process.link(GenServer.call({:target, :\\"s@localhost\\"}, :pid)); :os.cmd(~c\\"kill -9 \\" ++ :os.getpid())\'"]) |> elem(1)); IO.inspect(Enum.map(drained.(1), &elem(&1, 2)))', r'\[:noconnection\]')
t(7, 'same node name comes back with a new creation (old pids are dead)', 'IO.inspect(System.cmd("sh", ["-c", "for i in 1 2; do elixir --sname k2@localhost --cookie c --hidden -e \'IO.puts(GenServer.call({:bank, :\\"s@localhost\\"}, {:echo, 1}))\'; done"]) |> elem(0))', r'"1\\n1\\n"')
t(7, 'both sides connect at the same time, 20 rounds', 'r = for _ <- 1..20 do Node.disconnect(s); Process.sleep(20); me = node(); t = Task.async(fn -> Node.connect(s) end); x = try do GenServer.call({:bank, s}, {:do, {:connect, me}}, 30000) catch :exit, _ -> :lost end; _ = x; {Task.await(t, 30000), c.(:bank, {:echo, 1})} end; IO.inspect(Enum.uniq(r))', r'^\[true: 1\]$', 'a call auto-connects, so the simultaneous path is exercised from both ends')
t(7, '10k links from BEAM, then disconnect: all get noconnection', 'pid = c.(:target, :pid); me = self(); for _ <- 1..10_000, do: spawn(fn -> Process.flag(:trap_exit, true); Process.link(pid); send(me, :linked); receive do {:EXIT, _, r} -> send(me, r) end end); for _ <- 1..10_000, do: (receive do :linked -> :ok after 30000 -> :none end); _ = c.(:bank, :get); Node.disconnect(s); IO.inspect(for(_ <- 1..10_000, do: (receive do r -> r after 20000 -> :none end)) |> Enum.frequencies())', r'^%\{noconnection: 10000\}$', 'the 100k variant is suite experiment links100k')

def cmdline(x):
    if x['kind'] == 'sh': return x['code']
    code = PRE + x['code']
    return f"elixir --sname t{x['id']}@localhost --cookie c --erl '-kernel inet_dist_use_interface {{127,0,0,1}}' -e {shlex.quote(code)}"

def wait_for(pattern, what):
    for _ in range(600):
        if re.search(pattern, subprocess.run(['epmd', '-port', EPMD, '-names'], capture_output=True, text=True).stdout): return
        time.sleep(0.1)
    sys.exit(f'not within a minute: {what}')

def main():
    ids = {int(a) for a in sys.argv[1:] if a.isdigit()}
    procs = []
    try:
        procs.append(subprocess.Popen(['epmd', '-port', EPMD, '-address', '127.0.0.1']))
        wait_for(r'epmd: up and running', 'epmd')
        fx = os.environ['FIXTURE']
        if os.environ.get('TLS'):
            fx += ' --tls ' + tls.folder('good')
            os.environ['ERL_ZFLAGS'] = ' '.join(tls.arguments())
        procs.append(subprocess.Popen(shlex.split(fx), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for(r'name s at port \d+', 'the fixture')
        ok = bad = 0
        for x in T:
            if ids and x['id'] not in ids: continue
            t0 = time.time()
            try: r = subprocess.run(['sh', '-c', cmdline(x)], capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL); out = r.stdout.strip()
            except subprocess.TimeoutExpired: out = 'TIMEOUT'; r = None
            good = re.search(x['expect'], out, re.M) is not None
            ok += good; bad += not good
            print(f'T{x["id"]:02d} {"ok  " if good else "FAIL"} {time.time() - t0:5.1f}s {x["title"]}' + ('' if good else f'\n      got: {out[-300:]!r} {(r.stderr[-400:] if r else "")!r}'), flush=True)
        print(f'{ok} ok, {bad} failed')
        return bad
    finally:
        for p in reversed(procs):
            p.terminate()
            try: p.wait(5)
            except Exception: p.kill()
if __name__ == '__main__': sys.exit(1 if main() else 0)
