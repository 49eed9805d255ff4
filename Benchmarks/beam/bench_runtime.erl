%% bench_runtime.erl - names, timers, latency under load, floods.

-module(bench_runtime).
-export([flood/2, latency/4, register_cycle/1, timer_start_cancel/1, timers/1, whereis_rate/2]).
-import(bench_lib, [kill_all/1, names/2, now_ns/0, parallel/2, percentiles/2, rate/2, repeat/2,
                    rss/0, seconds/1]).
-import(bench_server, [start_server/0]).

%%% ---------------------------------------------------------------- names

%% register + whereis + unregister of this process, under 1000 names in turn.
register_cycle(N) ->
    Names = names("cycle_", 1000),
    Me = self(),
    rate(N, fun() ->
        repeat(N div 1000, fun() ->
            [begin register(Name, Me), Me = whereis(Name), unregister(Name) end || Name <- Names]
        end)
    end).

%% Look-ups by Readers processes among 10_000 registered ones.
whereis_rate(N, Readers) ->
    Names = names("name_", 10_000),
    Pids = [spawn_link(fun bench_lib:idle_process/0) || _ <- Names],
    lists:zipwith(fun register/2, Names, Pids),
    Result = rate(N, fun() ->
        parallel(Readers, fun(_) ->
            repeat(N div Readers div 10_000, fun() -> look_up(Names) end)
        end)
    end),
    kill_all(Pids),
    Result.

look_up([]) -> ok;
look_up([Name | Names]) -> true = is_pid(whereis(Name)), look_up(Names).

%%% ---------------------------------------------------------------- timers

%% N timers of 1..1000 ms to one receiver; lateness counts from call time plus
%% the delay asked for. per_sec is the rate of erlang:send_after/3.
timers(N) ->
    Me = self(),
    Receiver = spawn_link(fun() -> Me ! {late, collect_late(N, [])} end),
    Delays = [rand:uniform(1000) || _ <- lists:seq(1, N)],
    Result = rate(N, fun() ->
        [erlang:send_after(Ms, Receiver, {due, now_ns() + Ms * 1_000_000}) || Ms <- Delays]
    end),
    receive {late, Samples} -> maps:merge(Result, percentiles("late", Samples)) end.

collect_late(0, Samples) -> Samples;
collect_late(N, Samples) ->
    receive {due, At} -> collect_late(N - 1, [(now_ns() - At) / 1000 | Samples]) end.

timer_start_cancel(N) ->
    Me = self(),
    rate(N, fun() ->
        repeat(N, fun() -> erlang:cancel_timer(erlang:send_after(60_000, Me, never)) end)
    end).

%%% ---------------------------------------------------------------- latency under load

%% For Ms milliseconds, each of Probes processes sleeps 1 ms and calls an idle
%% server of its own, noting how late the sleep ended (wake) and how long the
%% call took (call), while the load runs. (Calls that take long are few, hence
%% more than one probe for the heaviest load.)
%% {jobs, K}: K processes which, for each message, do 100 us of arithmetic and
%% send themselves the next message; jobs_per_sec is what they got done (the
%% arithmetic's ideal is 10_000/s a core). {hogs, K}: K endless loops.
latency(Ms, Load, Probes, Priority) ->
    Steps = steps_in_100_us(),
    Jobs = counters:new(1, [write_concurrency]),
    Loaders = start_load(Load, Steps, Jobs),
    timer:sleep(100),
    process_flag(priority, high),               % this process only waits
    Done0 = counters:get(Jobs, 1),
    T0 = now_ns(),
    Me = self(),
    parallel(Probes, fun(_) ->
        Server = start_server(),
        Priority =:= high andalso
            sys:replace_state(Server, fun(S) -> process_flag(priority, high), S end),
        process_flag(priority, Priority),
        Me ! {samples, probe(Server, T0 + Ms * 1_000_000, [])}
    end),
    Seconds = (now_ns() - T0) / 1.0e9,
    Done = counters:get(Jobs, 1) - Done0,
    kill_all(Loaders),
    {Wake, Call} = lists:unzip(lists:append([receive {samples, L} -> L end
                                             || _ <- lists:seq(1, Probes)])),
    maps:merge(maps:merge(percentiles("wake", Wake), percentiles("call", Call)),
               #{seconds => Seconds, calls => length(Call), jobs_per_sec => Done / Seconds,
                 steps_per_100us => Steps}).

start_load(none, _, _) -> [];
start_load({hogs, K}, _, _) -> [spawn(fun hog/0) || _ <- lists:seq(1, K)];
start_load({jobs, K}, Steps, Jobs) ->
    Pids = [spawn(fun() -> worker(Steps, Jobs) end) || _ <- lists:seq(1, K)],
    [Pid ! job || Pid <- Pids],
    Pids.

probe(Server, Until, Samples) ->
    T0 = now_ns(),
    receive after 1 -> ok end,
    T1 = now_ns(),
    pong = gen_server:call(Server, ping, infinity),
    T2 = now_ns(),
    More = [{(T1 - T0 - 1_000_000) / 1000, (T2 - T1) / 1000} | Samples],
    if T2 < Until -> probe(Server, Until, More); true -> More end.

worker(Steps, Jobs) ->
    receive job -> ok end,
    spin(Steps, 1),
    counters:add(Jobs, 1, 1),
    self() ! job,
    worker(Steps, Jobs).

hog() -> spin(1_000_000, 1), hog().

%% One step is a linear congruential generator's, in 32 bits.
spin(0, X) -> X;
spin(N, X) -> spin(N - 1, (X * 69069 + 12345) band 16#ffffffff).

steps_in_100_us() ->
    Best = lists:min([seconds(fun() -> spin(1_000_000, 1) end) || _ <- lists:seq(1, 10)]),
    round(1_000_000 * 100.0e-6 / Best).

%%% ---------------------------------------------------------------- flood

%% N casts to a suspended server, then the time it takes to empty its mailbox.
%% seconds and per_sec are the drain's.
flood(N, QueueData) ->
    {ok, Server} = gen_server:start(bench_server, {server, normal},
                                    [{spawn_opt, [{message_queue_data, QueueData}]}]),
    erlang:suspend_process(Server),
    Before = erlang:memory(total),
    Send = seconds(fun() -> repeat(N, fun() -> gen_server:cast(Server, {sample, 42}) end) end),
    Total = erlang:memory(total) - Before,
    Rss = rss() - persistent_term:get(rss_at_start),
    Result = rate(N, fun() ->
        erlang:resume_process(Server),
        N = gen_server:call(Server, count, infinity)
    end),
    {memory, Peak} = process_info(Server, memory),
    gen_server:stop(Server),
    Result#{send_per_sec => N / Send, bytes_each => Total / N, rss_bytes_each => Rss / N,
            memory_after => Peak}.
