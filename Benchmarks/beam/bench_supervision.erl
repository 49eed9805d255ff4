%% bench_supervision.erl - restarts, trees, the crash storm.

-module(bench_supervision).
-export([crash_all/1, crash_storm/4, restart/2, restart_all_at_once/1, restart_fresh/1,
         restart_group/3, tree/1]).
-import(bench_lib, [names/2, now_ns/0, percentiles/2, rate/2, repeat/2]).
-import(bench_server, [spec/2, start_supervisor/2, stop_supervisor/1]).

%%% ---------------------------------------------------------------- restart

%% One registered child, crashed N times in a row. Each round ends when the new
%% child has started under the same name and has answered a call.
%% Up to OTP 25 or later the supervisor keeps every restart of the last period
%% (1 s) in a list that it walks at each restart: at high rates that dominates
%% here. restart_exit_fresh shows the rate with a short list.
restart(N, How) ->
    Me = self(),
    Sup = start_supervisor(one_for_one,
        [spec(child, {bench_server, start_named, [bench_child, {child, child, Me}]})]),
    receive {up, child, _} -> ok end,
    Result = rate(N, fun() -> repeat(N, fun() -> crash_and_wait(How) end) end),
    stop_supervisor(Sup),
    Result.

crash_and_wait(How) ->
    crash(How, whereis(bench_child)),
    receive {up, child, _} -> ok end,
    pong = gen_server:call(bench_child, ping).

crash(kill, Pid) -> exit(Pid, kill);
crash(exit, Pid) -> gen_server:cast(Pid, crash).

%% The same with a new supervisor after every 100 restarts (its start and stop
%% are not timed).
restart_fresh(N) ->
    Total = lists:sum([maps:get(seconds, restart(100, exit)) || _ <- lists:seq(1, N div 100)]),
    #{seconds => Total, per_sec => N / Total}.

%% N children of one supervisor, all killed at once; ends when all are back.
restart_all_at_once(N) ->
    Me = self(),
    Sup = start_supervisor(one_for_one,
        [spec(I, {bench_server, start_child, [{child, I, Me}]}) || I <- lists:seq(1, N)]),
    Pids = [receive {up, _, Pid} -> Pid end || _ <- lists:seq(1, N)],
    Result = rate(N, fun() ->
        [exit(Pid, kill) || Pid <- Pids],
        repeat(N, fun() -> receive {up, _, _} -> ok end end)
    end),
    stop_supervisor(Sup),
    Result.

%% 100 children; child First is killed N times, and each round ends when it and
%% all those that the strategy restarts with it are back. per_sec is rounds/s.
restart_group(N, Strategy, First) ->
    Me = self(),
    Sup = start_supervisor(Strategy,
        [spec(I, {bench_server, start_child, [{child, I, Me}]}) || I <- lists:seq(1, 100)]),
    repeat(First - 1, fun() -> receive {up, _, _} -> ok end end),
    Result = rate(N, fun() ->
        repeat(N, fun() ->
            Pid = receive {up, First, P} -> P end,
            repeat(100 - First, fun() -> receive {up, I, _} when I > First -> ok end end),
            exit(Pid, kill)
        end),
        repeat(101 - First, fun() -> receive {up, _, _} -> ok end end)
    end),
    stop_supervisor(Sup),
    Result.

%%% ---------------------------------------------------------------- tree

%% Starts and stops, in order, 100 supervisors with N/100 workers each. seconds
%% and per_sec are the start's; stop_seconds is the orderly shutdown's.
tree(N) ->
    Workers = [spec(I, {bench_server, start_child, [{server, normal}]}) || I <- lists:seq(1, N div 100)],
    Subtrees = [#{id => I, type => supervisor, shutdown => infinity,
                  start => {bench_server, start_supervisor, [Workers]}} || I <- lists:seq(1, 100)],
    T0 = now_ns(),
    Top = start_supervisor(one_for_one, Subtrees),
    T1 = now_ns(),
    stop_supervisor(Top),
    T2 = now_ns(),
    Start = (T1 - T0) / 1.0e9,
    #{seconds => Start, per_sec => N / Start, stop_seconds => (T2 - T1) / 1.0e9}.

%%% ---------------------------------------------------------------- crash storm

%% N named children of one supervisor. For Ms milliseconds a killer kills
%% KillsPerSecond random ones, while Clients processes call random ones as fast
%% as they can. A call fails when it exits. An outage is the time from the kill
%% to the end of the replacement's registration. per_sec is successful calls/s.
crash_storm(N, Clients, KillsPerSecond, Ms) ->
    Me = self(),
    Collector = spawn_link(fun() -> Me ! {outages, collect_outages([], #{})} end),
    Killed = atomics:new(N, []),                % ns at which child I was killed, or 0
    Names = list_to_tuple(names("storm_", N)),
    Sup = start_supervisor(one_for_one,
        [spec(I, {bench_server, start_named, [element(I, Names), {stamped, I, Killed, Collector}]})
         || I <- lists:seq(1, N)]),
    Until = now_ns() + Ms * 1_000_000,
    Callers = [spawn_monitor(fun() -> exit(storm_client(Names, N, Until, 0, 0)) end)
               || _ <- lists:seq(1, Clients)],
    Kills = storm_killer(Names, N, Killed, KillsPerSecond / 1.0e9, now_ns(), Until, 0),
    Counts = [receive {'DOWN', Ref, process, _, Count} -> Count end || {_, Ref} <- Callers],
    Seconds = Ms / 1000,
    timer:sleep(500),                           % let the last restarts end
    Back = length([x || Name <- tuple_to_list(Names), pong =:= (catch gen_server:call(Name, ping))]),
    stop_supervisor(Sup),
    Collector ! stop,
    {Outages, PerChild} = receive {outages, O} -> O end,
    Ok = lists:sum([Good || {Good, _} <- Counts]),
    Failed = lists:sum([Bad || {_, Bad} <- Counts]),
    maps:merge(percentiles("outage", Outages),
        #{seconds => Seconds, per_sec => Ok / Seconds, calls_ok => Ok, calls_failed => Failed,
          kills => Kills, restarts => length(Outages), alive_after => Back,
          children_killed => map_size(PerChild)}).

storm_client(Names, N, Until, Ok, Failed) ->
    Result = try gen_server:call(element(rand:uniform(N), Names), ping)
             catch exit:_ -> failed
             end,
    case now_ns() < Until of
        false -> {Ok, Failed};
        true when Result =:= pong -> storm_client(Names, N, Until, Ok + 1, Failed);
        true -> storm_client(Names, N, Until, Ok, Failed + 1)
    end.

%% Catches up every millisecond with the kills due by then.
storm_killer(Names, N, Killed, PerNs, T0, Until, Kills) ->
    Now = now_ns(),
    if
        Now >= Until -> Kills;
        Kills >= (Now - T0) * PerNs ->
            receive after 1 -> ok end,
            storm_killer(Names, N, Killed, PerNs, T0, Until, Kills);
        true ->
            I = rand:uniform(N),
            Pid = whereis(element(I, Names)),
            %% Not one that is down or being restarted already.
            case is_pid(Pid) andalso atomics:compare_exchange(Killed, I, 0, now_ns()) =:= ok of
                true -> exit(Pid, kill), storm_killer(Names, N, Killed, PerNs, T0, Until, Kills + 1);
                false -> storm_killer(Names, N, Killed, PerNs, T0, Until, Kills)
            end
    end.

collect_outages(All, PerChild) ->
    receive
        {outage, I, Us} ->
            collect_outages([Us | All], maps:update_with(I, fun(M) -> max(M, Us) end, Us, PerChild));
        stop -> {All, PerChild}
    end.

%%% ---------------------------------------------------------------- crash all

%% N named servers under at most 100 supervisors start, each crashes once, all come
%% back, and the tree shuts down in order. Fails if anything is missing. per_sec is
%% crashes that have been repaired in a second; bytes_... is what is allocated.
crash_all(N) ->
    Names = names("mortal_", N),
    Me = self(),
    Each = (N + 99) div 100,
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    T0 = now_ns(),
    Workers = [spec(I, {bench_mortal, start, [Name, I, Me]})
               || {I, Name} <- lists:zip(lists:seq(1, N), Names)],
    Subtrees = [#{id => hd(Group), type => supervisor, shutdown => infinity,
                  start => {bench_server, start_supervisor, [Group]}} || Group <- groups(Each, Workers)],
    Top = start_supervisor(one_for_one, Subtrees),
    ok = expect_all_up(N),
    T1 = now_ns(),
    erlang:garbage_collect(),
    Alive = erlang:memory(total),
    T2 = now_ns(),
    [gen_server:cast(Name, crash) || Name <- Names],
    ok = expect_all_up(N),
    T3 = now_ns(),
    Restarted = erlang:memory(total),
    [pong = gen_server:call(Name, ping) || Name <- Names],
    T4 = now_ns(),
    stop_supervisor(Top),
    T5 = now_ns(),
    [receive {terminated, J} -> J = I after 0 -> error({did_not_end, I}) end || I <- lists:seq(N, 1, -1)],
    [undefined = whereis(Name) || Name <- Names],
    erlang:garbage_collect(),
    S = fun(A, B) -> (B - A) / 1.0e9 end,
    #{seconds => S(T2, T3), per_sec => N / S(T2, T3), start_seconds => S(T0, T1), stop_seconds => S(T4, T5),
      bytes_before => Before, bytes_alive => Alive, bytes_restarted => Restarted,
      bytes_after => erlang:memory(total), bytes_each => (Alive - Before) / N}.

%% Lists of at most Size elements, in order.
groups(_, []) -> [];
groups(Size, List) when length(List) =< Size -> [List];
groups(Size, List) ->
    {Group, Rest} = lists:split(Size, List),
    [Group | groups(Size, Rest)].

%% Waits until every child has said once that it is up.
expect_all_up(N) ->
    Up = [receive {up, I} -> I after 60_000 -> error(not_up) end || _ <- lists:seq(1, N)],
    N =:= length(lists:usort(Up)) orelse error(started_twice),
    ok.
