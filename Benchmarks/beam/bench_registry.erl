%% bench_registry.erl - Elixir's Registry, as bench.exs measures it. Elixir's libraries must be on the code path.

-module(bench_registry).
-export([cycle/2, lookup/3, via_call/2]).
-import(bench_lib, [parallel/2, rate/2, repeat/2]).

-define(ENTRIES, 10_000).

%% register + lookup + unregister of this process.
cycle(N, Partitions) ->
    with_registry(Partitions, fun(_Keys) ->
        rate(N, fun() ->
            [begin
                 {ok, _} = 'Elixir.Registry':register(reg, {own, I}, nil),
                 [{_, nil}] = 'Elixir.Registry':lookup(reg, {own, I}),
                 ok = 'Elixir.Registry':unregister(reg, {own, I})
             end || I <- lists:seq(1, N)]
        end)
    end).

%% Look-ups by Readers processes among 10_000 registered ones.
lookup(N, Readers, Partitions) ->
    with_registry(Partitions, fun(Keys) ->
        Rounds = max(1, N div Readers div ?ENTRIES),
        rate(Rounds * Readers * ?ENTRIES, fun() ->
            parallel(Readers, fun(_) -> repeat(Rounds, fun() -> look_up(Keys) end) end)
        end)
    end).

%% Calls through via names.
via_call(N, Partitions) ->
    with_registry(Partitions, fun(Keys) ->
        Rounds = max(1, N div ?ENTRIES),
        rate(Rounds * ?ENTRIES, fun() -> repeat(Rounds, fun() -> call(Keys) end) end)
    end).

look_up([]) -> ok;
look_up([Key | Keys]) -> [{_, _}] = 'Elixir.Registry':lookup(reg, Key), look_up(Keys).

call([]) -> ok;
call([Key | Keys]) ->
    pong = 'Elixir.GenServer':call({via, 'Elixir.Registry', {reg, Key}}, ping),
    call(Keys).

with_registry(Partitions, Fun) ->
    {ok, _} = application:ensure_all_started(elixir),
    {ok, Registry} = 'Elixir.Registry':start_link([{keys, unique}, {name, reg}, {partitions, Partitions}]),
    Servers = [start({user, I}) || I <- lists:seq(1, ?ENTRIES)],
    Keys = [{user, rand:uniform(?ENTRIES)} || _ <- lists:seq(1, ?ENTRIES)],
    Result = Fun(Keys),
    [ok = gen_server:stop(Server) || Server <- Servers],
    ok = 'Elixir.Supervisor':stop(Registry),
    Result.

start(Key) ->
    {ok, Pid} = gen_server:start({via, 'Elixir.Registry', {reg, Key}}, bench_server, {server, normal}, []),
    Pid.
