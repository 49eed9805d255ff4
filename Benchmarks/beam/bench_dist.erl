%% bench_dist.erl - a second node.

-module(bench_dist).
-export([dist_call/2, dist_cast/2, dist_link_kill/1, dist_monitor_down/1, idle_process/1,
         start_peer/0, tied_process/2]).
-import(bench_lib, [idle_process/0, now_ns/0, percentiles/2]).
-import(bench_messages, [calls/3, casts/4]).

-define(PEER, 'bench_b@localhost').             % the second node

%%% ---------------------------------------------------------------- distribution

%% A second node on the loopback interface, ended with this one.
start_peer() ->
    os:putenv("ERL_EPMD_ADDRESS", "127.0.0.1"),
    os:cmd("epmd -daemon"),
    application:set_env(kernel, inet_dist_use_interface, {127, 0, 0, 1}),
    {ok, _} = net_kernel:start(['bench_a@localhost', shortnames]),
    S = integer_to_list(erlang:system_info(schedulers_online)),
    {ok, Peer, ?PEER} =
        peer:start_link(#{name => bench_b, host => "localhost",
                          args => ["-pa", filename:dirname(code:which(?MODULE)), "+S", S,
                                   "-kernel", "inet_dist_use_interface", "{127,0,0,1}",
                                   "-setcookie", atom_to_list(erlang:get_cookie())]}),
    Peer.

idle_process(Parent) -> Parent ! {ready, self()}, idle_process().
tied_process(Other, Parent) -> link(Other), idle_process(Parent).

dist_call(N, Clients) -> calls(N, Clients, [remote_start()]).

%% One way; the time ends with the reply to a last call.
dist_cast(N, Message) ->
    Result = casts(N, 1, remote_start(), Message),
    Result#{payload_bytes => byte_size(term_to_binary(Message))}.

remote_start() -> erpc:call(?PEER, bench_server, start_server, []).

%% From killing a remote process to its 'DOWN'. spawn_* is from spawn/4 to the
%% remote process's first message.
dist_monitor_down(N) ->
    Me = self(),
    Samples = [begin
        T0 = now_ns(),
        Pid = spawn(?PEER, ?MODULE, idle_process, [Me]),
        receive {ready, Pid} -> ok end,
        T1 = now_ns(),
        Ref = monitor(process, Pid),
        T2 = now_ns(),
        exit(Pid, kill),
        receive {'DOWN', Ref, process, Pid, killed} -> ok end,
        {(T1 - T0) / 1000, (now_ns() - T2) / 1000}
    end || _ <- lists:seq(1, N)],
    {Spawn, Down} = lists:unzip(Samples),
    maps:merge(#{seconds => lists:sum(Down) / 1.0e6},
               maps:merge(percentiles("down", Down), percentiles("spawn", Spawn))).

%% From killing a local process to the 'DOWN' of the remote one linked to it:
%% the exit goes there over the link and comes back over the monitor.
dist_link_kill(N) ->
    Me = self(),
    Samples = [begin
        Local = spawn(fun bench_lib:idle_process/0),
        Remote = spawn(?PEER, ?MODULE, tied_process, [Local, Me]),
        Ref = monitor(process, Remote),
        receive {ready, Remote} -> ok end,
        T0 = now_ns(),
        exit(Local, kill),
        receive {'DOWN', Ref, process, Remote, killed} -> ok end,
        (now_ns() - T0) / 1000
    end || _ <- lists:seq(1, N)],
    maps:merge(#{seconds => lists:sum(Samples) / 1.0e6}, percentiles("propagate", Samples)).
