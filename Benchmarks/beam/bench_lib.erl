%% bench_lib.erl - what the benchmarks share: clocks, rates, processes at once, percentiles.

-module(bench_lib).
-export([idle_process/0, kill_all/1, load_average/0, names/2, now_ns/0, parallel/2, percentiles/2,
         rate/2, repeat/2, rss/0, seconds/1]).

%%% ---------------------------------------------------------------- helpers

now_ns() -> erlang:monotonic_time(nanosecond).

seconds(Fun) ->
    T0 = now_ns(),
    Fun(),
    (now_ns() - T0) / 1.0e9.

%% Times Fun, which performs Ops operations. cpu_seconds is what all threads of
%% the VM used meanwhile, the schedulers' busy waiting included.
rate(Ops, Fun) ->
    {Cpu, _} = statistics(runtime),
    S = seconds(Fun),
    {CpuAfter, _} = statistics(runtime),
    #{seconds => S, per_sec => Ops / S, cpu_seconds => (CpuAfter - Cpu) / 1000}.

repeat(0, _) -> ok;
repeat(N, Fun) -> Fun(), repeat(N - 1, Fun).

%% Runs Fun(1) .. Fun(K) in K processes at the same time and waits for all.
parallel(K, Fun) ->
    Refs = [element(2, spawn_monitor(fun() -> Fun(I) end)) || I <- lists:seq(1, K)],
    [receive {'DOWN', Ref, process, _, normal} -> ok end || Ref <- Refs],
    ok.

%% Ends processes without ceremony and waits until they are gone.
kill_all(Pids) ->
    Refs = [begin unlink(P), exit(P, kill), monitor(process, P) end || P <- Pids],
    [receive {'DOWN', Ref, process, _, _} -> ok end || Ref <- Refs],
    ok.

names(Prefix, N) -> [list_to_atom(Prefix ++ integer_to_list(I)) || I <- lists:seq(1, N)].

%% P50, p99, p99.9 and maximum of a list of microseconds, as metrics.
percentiles(Prefix, Samples) ->
    Sorted = list_to_tuple(lists:sort(Samples)),
    Size = tuple_size(Sorted),
    At = fun(Q) -> element(max(1, min(Size, ceil(Q * Size))), Sorted) * 1.0 end,
    maps:from_list([{list_to_atom(Prefix ++ Suffix), At(Q)}
                    || {Suffix, Q} <- [{"_p50_us", 0.50}, {"_p99_us", 0.99},
                                       {"_p999_us", 0.999}, {"_max_us", 1.0}]]).

rss() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kb]} = re:run(Status, "VmRSS:\\s+(\\d+)", [{capture, [1], list}]),
    list_to_integer(Kb) * 1024.

load_average() ->
    {ok, Text} = file:read_file("/proc/loadavg"),
    list_to_float(hd(string:lexemes(binary_to_list(Text), " "))).

%% A process that waits to be told to stop.
idle_process() -> receive stop -> ok end.
