%% bench_messages.erl - spawning, idle servers, messages, rings.

-module(bench_messages).
-export([call/3, calls/3, cast/2, casts/4, idle/2, ping_pong/1, ring/2, skynet/1, spawn_linked/1,
         spawn_monitored/1, spawn_plain/1, start_stop/1]).
-import(bench_lib, [kill_all/1, now_ns/0, parallel/2, rate/2, repeat/2, rss/0]).
-import(bench_server, [start_server/0, start_supervisor/2, stop_supervisor/1]).

%%% ---------------------------------------------------------------- spawn

%% N processes in batches of 1000; each reports and ends.
spawn_plain(N) ->
    Me = self(),
    Child = fun() -> Me ! done end,
    batches(N, fun() -> spawn(Child) end, fun() -> receive done -> ok end end).

%% The same with links: the exit signals are what is waited for.
spawn_linked(N) ->
    process_flag(trap_exit, true),
    Child = fun() -> ok end,
    batches(N, fun() -> spawn_link(Child) end, fun() -> receive {'EXIT', _, normal} -> ok end end).

batches(N, Start, Await) ->
    rate(N, fun() ->
        repeat(N div 1000, fun() -> repeat(1000, Start), repeat(1000, Await) end)
    end).

%% One at a time, each awaited by its 'DOWN'.
spawn_monitored(N) ->
    Child = fun() -> ok end,
    rate(N, fun() ->
        repeat(N, fun() ->
            {Pid, Ref} = spawn_monitor(Child),
            receive {'DOWN', Ref, process, Pid, normal} -> ok end
        end)
    end).

%% gen_server:start/3 (returns when init/1 has) and gen_server:stop/1, one at a time.
start_stop(N) ->
    rate(N, fun() -> repeat(N, fun() -> gen_server:stop(start_server()) end) end).

%%% ---------------------------------------------------------------- idle servers

%% Starts N idle servers, and reads the memory while all are alive. per_sec is
%% starts/s. rss_bytes counts from what the VM occupied before any benchmark.
idle(N, How) ->
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    {Root, Start} = starter(How),
    T0 = now_ns(),
    Pids = start_many(N, Start, []),
    Seconds = (now_ns() - T0) / 1.0e9,
    List = 16 * N,                              % Pids itself: two words an element
    Total = erlang:memory(total) - Before - List,
    Rss = rss() - persistent_term:get(rss_at_start) - List,
    T1 = now_ns(),
    if Root =:= none -> kill_all(Pids); true -> stop_supervisor(Root) end,
    #{seconds => Seconds, per_sec => N / Seconds, bytes_each => Total / N,
      rss_bytes_each => Rss / N, stop_seconds => (now_ns() - T1) / 1.0e9}.

starter(unlinked) -> {none, fun() -> gen_server:start(bench_server, {server, normal}, []) end};
starter(hibernated) -> {none, fun() -> gen_server:start(bench_server, {server, hibernated}, []) end};
starter(supervised) ->
    Spec = #{id => server, start => {bench_server, start_child, [{server, normal}]}, shutdown => 5000},
    Sup = start_supervisor(simple_one_for_one, [Spec]),
    {Sup, fun() -> supervisor:start_child(Sup, []) end}.

start_many(0, _, Pids) -> Pids;
start_many(N, Start, Pids) ->
    {ok, Pid} = Start(),
    start_many(N - 1, Start, [Pid | Pids]).

%%% ---------------------------------------------------------------- messages

%% N calls by Clients processes, spread over Servers servers.
call(N, Clients, Servers) -> calls(N, Clients, [start_server() || _ <- lists:seq(1, Servers)]).

calls(N, Clients, Servers) ->
    Result = rate(N, fun() ->
        parallel(Clients, fun(I) ->
            Server = lists:nth((I - 1) rem length(Servers) + 1, Servers),
            repeat(N div Clients, fun() -> pong = gen_server:call(Server, ping) end)
        end)
    end),
    [gen_server:stop(Server) || Server <- Servers],
    Result.

%% N casts by Producers processes; the time ends with the reply to a last call.
cast(N, Producers) -> casts(N, Producers, start_server(), inc).

casts(N, Producers, Server, Message) ->
    Result = rate(N, fun() ->
        parallel(Producers, fun(_) ->
            repeat(N div Producers, fun() -> gen_server:cast(Server, Message) end)
        end),
        N = gen_server:call(Server, count, infinity)
    end),
    gen_server:stop(Server),
    Result.

ping_pong(N) ->
    Echo = spawn_link(fun Loop() -> receive {ping, From} -> From ! pong, Loop() end end),
    Me = self(),
    Result = rate(N, fun() ->
        repeat(N, fun() -> Echo ! {ping, Me}, receive pong -> ok end end)
    end),
    kill_all([Echo]),
    Result.

%%% ---------------------------------------------------------------- ring

%% A token is passed N times around a ring of Size processes (built beforehand).
ring(N, Size) ->
    Me = self(),
    Node = fun(Next) -> spawn_link(fun() -> ring_node(Next, Me) end) end,
    Last = spawn_link(fun() -> receive {next, Next} -> ring_node(Next, Me) end end),
    Nodes = lists:foldl(fun(_, [Next | _] = L) -> [Node(Next) | L] end, [Last],
                        lists:seq(2, Size)),
    Last ! {next, hd(Nodes)},
    Result = rate(N, fun() -> hd(Nodes) ! N, receive ring_done -> ok end end),
    kill_all(Nodes),
    Result.

ring_node(Next, Main) ->
    receive
        0 -> Main ! ring_done;
        Hops -> Next ! Hops - 1
    end,
    ring_node(Next, Main).

%%% ---------------------------------------------------------------- skynet

%% A ten-way tree of processes with N leaves; each parent sums its children.
skynet(N) ->
    Expected = N * (N - 1) div 2,
    Me = self(),
    rate(N, fun() ->
        spawn(fun() -> skynet(Me, 0, N) end),
        receive Expected -> ok end
    end).

skynet(Parent, Number, 1) -> Parent ! Number;
skynet(Parent, Number, Size) ->
    Me = self(),
    Part = Size div 10,
    [spawn(fun() -> skynet(Me, Number + I * Part, Part) end) || I <- lists:seq(0, 9)],
    Parent ! lists:sum([receive Sum -> Sum end || _ <- lists:seq(0, 9)]).
