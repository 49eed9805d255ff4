%% bench.erl - reference measurements of Erlang/OTP processes and supervision.
%%
%% Build and run (one benchmark per fresh VM, so that memory figures are clean):
%%
%%     erlc *.erl
%%     erl -noshell +S 2:2 +P 4000000 -s bench main NAME [N [REPS]]
%%     erl -noshell -s bench main list          % names and default N
%%
%% Each benchmark runs once unreported (warm-up), then REPS (default 5) times.
%% It prints one line of JSON. Every metric M measured in a repetition appears
%% as "M" (median over the repetitions), "M_min" and "M_max". Seconds are wall
%% time, names ending in _us are microseconds, per_sec is n divided by seconds
%% unless the benchmark's comment says what an operation is.
%%
%% Reports of crashes are switched off (logger level none), so restart figures
%% have no log I/O.

-module(bench).
-export([main/1]).
-import(bench_lib, [load_average/0, rss/0]).

%%% ---------------------------------------------------------------- the list

%% {Name, default N, fun(N) -> #{metric => number}}.
benchmarks() ->
    [{"spawn",                 1_000_000, fun bench_messages:spawn_plain/1},
     {"spawn_link",            1_000_000, fun bench_messages:spawn_linked/1},
     {"spawn_monitor_seq",       500_000, fun bench_messages:spawn_monitored/1},
     {"gen_server_start_stop",   200_000, fun bench_messages:start_stop/1},
     {"idle_unlinked_100k",      100_000, fun(N) -> bench_messages:idle(N, unlinked) end},
     {"idle_unlinked_1m",      1_000_000, fun(N) -> bench_messages:idle(N, unlinked) end},
     {"idle_hibernated_100k",    100_000, fun(N) -> bench_messages:idle(N, hibernated) end},
     {"idle_supervised_100k",    100_000, fun(N) -> bench_messages:idle(N, supervised) end},
     {"idle_supervised_1m",    1_000_000, fun(N) -> bench_messages:idle(N, supervised) end},
     {"call_1x1",                500_000, fun(N) -> bench_messages:call(N, 1, 1) end},
     {"call_16x1",             1_000_000, fun(N) -> bench_messages:call(N, 16, 1) end},
     {"call_16x16",            1_000_000, fun(N) -> bench_messages:call(N, 16, 16) end},
     {"cast_1x1",              2_000_000, fun(N) -> bench_messages:cast(N, 1) end},
     {"cast_8x1",              2_000_000, fun(N) -> bench_messages:cast(N, 8) end},
     {"ping_pong",             1_000_000, fun bench_messages:ping_pong/1},
     {"ring_503",              5_000_000, fun(N) -> bench_messages:ring(N, 503) end},
     {"ring_10000",            5_000_000, fun(N) -> bench_messages:ring(N, 10_000) end},
     {"skynet",                1_000_000, fun bench_messages:skynet/1},
     {"restart_exit",             10_000, fun(N) -> bench_supervision:restart(N, exit) end},
     {"restart_kill",             10_000, fun(N) -> bench_supervision:restart(N, kill) end},
     {"restart_exit_fresh",       20_000, fun bench_supervision:restart_fresh/1},
     {"restart_all_at_once",      10_000, fun bench_supervision:restart_all_at_once/1},
     {"restart_one_for_all_100",     500, fun(N) -> bench_supervision:restart_group(N, one_for_all, 1) end},
     {"restart_rest_for_one_100",    500, fun(N) -> bench_supervision:restart_group(N, rest_for_one, 50) end},
     {"tree_100x1000",           100_000, fun bench_supervision:tree/1},
     {"register_cycle",        1_000_000, fun bench_runtime:register_cycle/1},
     {"whereis_1",             5_000_000, fun(N) -> bench_runtime:whereis_rate(N, 1) end},
     {"whereis_2",             5_000_000, fun(N) -> bench_runtime:whereis_rate(N, 2) end},
     {"registry_cycle_1p",       500_000, fun(N) -> bench_registry:cycle(N, 1) end},
     {"registry_lookup_1_1p",  2_000_000, fun(N) -> bench_registry:lookup(N, 1, 1) end},
     {"registry_lookup_2_1p",  2_000_000, fun(N) -> bench_registry:lookup(N, 2, 1) end},
     {"registry_via_call_1p",    500_000, fun(N) -> bench_registry:via_call(N, 1) end},
     {"registry_cycle_2p",       500_000, fun(N) -> bench_registry:cycle(N, 2) end},
     {"registry_lookup_1_2p",  2_000_000, fun(N) -> bench_registry:lookup(N, 1, 2) end},
     {"registry_lookup_2_2p",  2_000_000, fun(N) -> bench_registry:lookup(N, 2, 2) end},
     {"registry_via_call_2p",    500_000, fun(N) -> bench_registry:via_call(N, 2) end},
     {"timers",                  100_000, fun bench_runtime:timers/1},
     {"timer_start_cancel",    1_000_000, fun bench_runtime:timer_start_cancel/1},
     {"latency_idle",              5_000, fun(Ms) -> bench_runtime:latency(Ms, none, 1, normal) end},
     {"latency_load",              5_000, fun(Ms) -> bench_runtime:latency(Ms, {jobs, 2000}, 16, normal) end},
     {"latency_load_high_prio",    5_000, fun(Ms) -> bench_runtime:latency(Ms, {jobs, 2000}, 1, high) end},
     {"latency_hogs",              5_000, fun(Ms) -> bench_runtime:latency(Ms, {hogs, 8}, 1, normal) end},
     {"crash_storm",              10_000, fun(N) -> bench_supervision:crash_storm(N, 16, 2000, 5000) end},
     {"flood",                 1_000_000, fun(N) -> bench_runtime:flood(N, on_heap) end},
     {"flood_off_heap",        1_000_000, fun(N) -> bench_runtime:flood(N, off_heap) end},
     {"crash_all_100k",          100_000, fun bench_supervision:crash_all/1},
     {"term_encode_message",   1_000_000, fun(N) -> bench_terms:encode(N, message) end},
     {"term_decode_message",   1_000_000, fun(N) -> bench_terms:decode(N, message) end},
     {"term_encode_table",         1_000, fun(N) -> bench_terms:encode(N, table) end},
     {"term_decode_table",         1_000, fun(N) -> bench_terms:decode(N, table) end},
     {"dist_call_1",              50_000, fun(N) -> bench_dist:dist_call(N, 1) end},
     {"dist_call_16",            200_000, fun(N) -> bench_dist:dist_call(N, 16) end},
     {"dist_cast_tuple",         500_000, fun(N) -> bench_dist:dist_cast(N, {sample, 42}) end},
     {"dist_cast_1k",            200_000, fun(N) -> bench_dist:dist_cast(N, binary:copy(<<7>>, 1024)) end},
     {"dist_monitor_down",         5_000, fun bench_dist:dist_monitor_down/1},
     {"dist_link_kill",            5_000, fun bench_dist:dist_link_kill/1}].

%%% ---------------------------------------------------------------- driver

main(Args0) ->
    Args = [if is_atom(A) -> atom_to_list(A); true -> A end || A <- Args0],
    logger:set_primary_config(level, none),
    persistent_term:put(rss_at_start, rss()),
    Status = try run(Args), 0
             catch C:R:Stack -> io:format(standard_error, "~p:~p~n~p~n", [C, R, Stack]), 1
             end,
    halt(Status).

run(["list"]) ->
    [io:format("~-26s ~b~n", [Name, N]) || {Name, N, _} <- benchmarks()];
run([Name]) ->
    {_, N, _} = lists:keyfind(Name, 1, benchmarks()),
    run([Name, integer_to_list(N)]);
run([Name, N]) ->
    run([Name, N, "5"]);
run([Name, NText, RepsText]) ->
    {_, _, Fun} = lists:keyfind(Name, 1, benchmarks()),
    N = list_to_integer(NText),
    Reps = list_to_integer(RepsText),
    Load = load_average(),
    Peer = case Name of "dist" ++ _ -> bench_dist:start_peer(); _ -> none end,
    _WarmUp = isolated(fun() -> Fun(N) end),
    Results = [isolated(fun() -> Fun(N) end) || _ <- lists:seq(1, Reps)],
    Peer =:= none orelse peer:stop(Peer),
    emit([{impl, "beam"}, {otp, erlang:system_info(otp_release)},
          {flavor, atom_to_list(erlang:system_info(emu_flavor))},
          {bench, Name}, {n, N}, {schedulers, erlang:system_info(schedulers_online)},
          {reps, Reps}]
         ++ summary(Results)
         ++ [{load1, Load}, {at, calendar:system_time_to_rfc3339(erlang:system_time(second))},
             {tag, os:getenv("BENCH_TAG", "")}]).

%% Runs Fun in a process of its own, so that every repetition has a new heap and
%% an empty mailbox, and lets the VM settle afterwards.
isolated(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({result, Fun()}) end),
    receive
        {'DOWN', Ref, process, Pid, {result, Result}} -> timer:sleep(200), Result;
        {'DOWN', Ref, process, Pid, Reason} -> error(Reason)
    end.

%% Median, minimum and maximum of each metric over the repetitions.
summary([First | _] = Results) ->
    Order = [seconds, per_sec] ++ lists:sort(maps:keys(maps:without([seconds, per_sec], First))),
    lists:append(
      [begin
           Sorted = lists:sort([maps:get(Key, R) || R <- Results]),
           Name = atom_to_list(Key),
           [{Name, lists:nth((length(Sorted) + 1) div 2, Sorted)},
            {Name ++ "_min", hd(Sorted)}, {Name ++ "_max", lists:last(Sorted)}]
       end || Key <- Order, is_map_key(Key, First)]).

emit(Fields) ->
    Text = [io_lib:format("\"~s\":~s", [Name, json(Value)]) || {Name, Value} <- Fields],
    io:format("{~s}~n", [lists:join(",", Text)]).

json(F) when is_float(F) -> float_to_list(F, [{decimals, 6}, compact]);
json(I) when is_integer(I) -> integer_to_list(I);
json(S) -> [$", S, $"].
