%% Runs one scenario on OTP's `supervisor`, or on Elixir's `DynamicSupervisor`.
%%
%% All processes but the driver have high priority, and there is one scheduler: when the driver goes on, the others wait. So
%% it needs no sleep to know that all is quiet.
-module(supervisor_scenario).
-export([run/1, init/1, start/1, log/2]).
-import(differential, [line/2, reason/1]).

-define(DYNAMIC, 'Elixir.DynamicSupervisor').

%% Restarts are counted in whole seconds. A scenario that a second's end falls into is run again.
run(Scenario) ->
    run(Scenario, 10).

run(Scenario, Attempts) ->
    case 1000 - ((erlang:monotonic_time(millisecond) rem 1000) + 1000) rem 1000 of
        Left when Left < 60 -> timer:sleep(Left);
        _ -> ok
    end,
    Second = erlang:monotonic_time(1),
    Lines = once(Scenario),
    case erlang:monotonic_time(1) of
        Second -> Lines;
        _ when Attempts > 0 -> run(Scenario, Attempts - 1);
        _ -> ["it takes more than a second, each time"]
    end.

once({scenario, _, Given, Tree, Events}) ->
    Recorder = spawn_opt(fun() -> recorder:run() end, [{priority, high}]),
    register(recorder, Recorder),
    recorder:ask({kind, element(2, Tree)}),
    [recorder:ask({next, Id, Starts}) || {Id, Starts} <- Given],
    Driver = self(),
    Owner = spawn_opt(fun() -> owner(Driver, Tree) end, [{priority, high}]),
    receive {Owner, Result} -> Result end,
    recorder:line("top: ~s", [result(Result)]),
    settle(),
    describe(),
    run_events(1, Events, Owner),
    Lines = recorder:ask(finish),
    exit(Owner, kill),
    Lines.

owner(Driver, Tree) ->
    process_flag(trap_exit, true),
    Result = start_tree(Tree),
    case Result of
        {ok, Pid} -> recorder:ask({up, top, Pid, supervisor});
        _ -> ok
    end,
    Driver ! {self(), Result},
    owner_loop().

owner_loop() ->
    receive
        {exit, Reason} -> exit(Reason);
        _ -> owner_loop()
    end.

%% Events

run_events(_, [], _) -> ok;
run_events(Number, [Event | Events], Owner) ->
    recorder:line("-- ~w", [Number]),
    event(Event, Owner),
    settle(),
    describe(),
    run_events(Number + 1, Events, Owner).

event({exit, Id, Reason}, _) ->
    case recorder:ask({worker, Id}) of
        undefined -> recorder:line("nobody", []);
        Pid -> Pid ! {exit, Reason}, down(Pid)
    end;
event({signal, Id, Reason}, _) ->
    with(Id, fun(Pid) -> exit(Pid, Reason) end);
event({next, Id, Starts}, _) ->
    recorder:ask({next, Id, Starts});
event({advance, Seconds}, _) ->
    [sys:replace_state(Pid, fun(State) -> older(State, Seconds) end) || {_, Pid} <- recorder:ask(supervisors)];
event({stranger, Id, Reason}, _) ->
    with(Id, fun(Pid) -> down(spawn_opt(fun() -> link(Pid), exit(Reason) end, [{priority, high}])) end);
event({call, Id, Request}, _) ->
    case recorder:ask({supervisor, Id}) of
        undefined -> recorder:line("nobody", []);
        Pid -> settled_line("~s", [call(Pid, Request)])
    end;
event({busy, Id, Events}, Owner) ->
    case recorder:ask({supervisor, Id}) of
        undefined -> recorder:line("nobody", []);
        Pid ->
            Driver = self(),
            recorder:ask({next, z, [block]}),
            Spec = {child, z, temporary, brutal_kill, false, obey},
            spawn_opt(fun() -> Driver ! {busy, call(Pid, {start_child, Spec})} end, [{priority, high}]),
            erlang:yield(),
            [begin event(Event, Owner), erlang:yield() end || Event <- Events],
            recorder:ask(release),
            receive {busy, Text} -> settled_line("~s", [Text]) end
    end;
event({stop, Reason}, _) ->
    with(top, fun(Pid) -> settled_line("stop: ~s", [stop(Pid, Reason)]) end);
event({owner, Reason}, Owner) ->
    Owner ! {exit, Reason},
    down(Owner).

with(Id, Body) ->
    case recorder:ask({living, Id}) of
        undefined -> recorder:line("nobody", []);
        Pid -> Body(Pid)
    end.

%% After an answer its supervisor may have more to do, which may take time.
settled_line(Format, Arguments) ->
    settle(),
    recorder:line(Format, Arguments).

down(Pid) ->
    Ref = monitor(process, Pid),
    receive {'DOWN', Ref, process, Pid, _} -> ok end.

stop(Pid, Reason) ->
    try gen_server:stop(Pid, Reason, infinity) of
        ok -> "ok"
    catch
        exit:Why -> reason(Why)
    end.

%% The only list in a static supervisor's state, before its arguments, is that of its restarts.
older(State, Seconds) when is_map(State) ->
    State#{restarts := [Time - Seconds || Time <- maps:get(restarts, State)]};
older(State, Seconds) ->
    older(State, 6, Seconds).

older(State, Index, Seconds) when is_list(element(Index, State)) ->
    setelement(Index, State, [Time - Seconds || Time <- element(Index, State)]);
older(State, Index, Seconds) ->
    older(State, Index + 1, Seconds).

%% Calls

call(Pid, Request) ->
    try result(request(recorder:ask(kind), Pid, Request))
    catch exit:{Reason, _} -> reason(Reason)
    end.

request(dynamic, Pid, {start_child, Child}) -> ?DYNAMIC:start_child(Pid, spec(Child));
request(dynamic, Pid, {terminate_child, Id}) ->
    case recorder:ask({last, Id}) of
        undefined -> nobody;
        Child -> ?DYNAMIC:terminate_child(Pid, Child)
    end;
request(_, Pid, {start_child, Child}) -> supervisor:start_child(Pid, spec(Child));
request(_, Pid, {terminate_child, Id}) -> supervisor:terminate_child(Pid, Id);
request(_, Pid, {restart_child, Id}) -> supervisor:restart_child(Pid, Id);
request(_, Pid, {delete_child, Id}) -> supervisor:delete_child(Pid, Id);
request(_, Pid, {get_childspec, Id}) -> supervisor:get_childspec(Pid, Id).

result(ok) -> "ok";
result(ignore) -> "ignored";
result({ok, undefined}) -> "ignored";
result({ok, Pid}) when is_pid(Pid) -> line("~s", [recorder:ask({name, Pid})]);
result({ok, #{restart := Restart, shutdown := Shutdown, significant := Significant, type := Type}}) ->
    line("~w ~w ~w ~w", [Restart, Shutdown, Significant, Type]);
result({error, {already_started, Pid}}) -> line("already_started ~s", [recorder:ask({name, Pid})]);
result({error, {shutdown, {failed_to_start_child, _, _}} = Reason}) -> "failed " ++ reason(Reason);
result({error, {Reason, Child}}) when is_tuple(Child), element(1, Child) =:= child -> "failed " ++ reason(Reason);
result({error, {Reason, [{pid, _} | _]}}) -> "failed " ++ reason(Reason);
result({error, crash}) -> "failed crash";
result({error, {invalid_significant, _}}) -> "invalid";
result({error, Reason}) -> reason(Reason);
result(Other) -> line("~w", [Other]).

%% All supervisors, until a round of calls finds nothing changed.
settle() ->
    erlang:yield(),
    Before = recorder:ask(count),
    [catch count(Pid) || {_, Pid} <- recorder:ask(supervisors)],
    erlang:yield(),
    case recorder:ask(count) of
        Before -> ok;
        _ -> settle()
    end.

describe() ->
    [recorder:line("~w: ~s", [Id, state(Pid)]) || {Id, Pid} <- lists:sort(recorder:ask(supervisors))].

state(Pid) ->
    Children = [child(Child) || Child <- which(Pid)],
    Sorted = case recorder:ask(kind) of
        dynamic -> lists:sort(Children);
        _ -> Children
    end,
    line("~s; ~s", [lists:join(" ", Sorted), count(Pid)]).

child({undefined, restarting, Type, _}) -> line("restarting(~w)", [Type]);
child({undefined, Pid, Type, _}) -> line("~s(~w)", [recorder:ask({name, Pid}), Type]);
child({Id, State, Type, _}) when is_atom(State) -> line("~w ~w(~w)", [Id, State, Type]);
child({_, Pid, Type, _}) -> line("~s(~w)", [recorder:ask({name, Pid}), Type]).

which(Pid) ->
    case recorder:ask(kind) of
        dynamic -> ?DYNAMIC:which_children(Pid);
        _ -> supervisor:which_children(Pid)
    end.

count(Pid) ->
    Counts = case recorder:ask(kind) of
        dynamic -> ?DYNAMIC:count_children(Pid);
        _ -> maps:from_list(supervisor:count_children(Pid))
    end,
    line("~w ~w ~w ~w", [maps:get(Key, Counts) || Key <- [specs, active, supervisors, workers]]).

%% Supervisors and children

start_tree({tree, dynamic, {Intensity, Period}, Most, []}) ->
    ?DYNAMIC:start_link(?MODULE, {dynamic, #{
        strategy => one_for_one, intensity => Intensity, period => Period, max_children => Most,
        extra_arguments => []}});
start_tree({tree, _, _, _, _} = Tree) ->
    supervisor:start_link(?MODULE, Tree).

init({dynamic, Flags}) ->
    process_flag(priority, high),
    {ok, Flags};
init({tree, Strategy, {Intensity, Period}, AutoShutdown, Children}) ->
    process_flag(priority, high),
    Flags = #{strategy => Strategy, intensity => Intensity, period => Period, auto_shutdown => AutoShutdown},
    {ok, {Flags, [spec(Child) || Child <- Children]}}.

spec({child, Id, Restart, Shutdown, Significant, Body} = Child) ->
    Type = case Body of
        {tree, _, _, _, _} -> supervisor;
        _ -> worker
    end,
    #{id => Id, start => {?MODULE, start, [Child]}, restart => Restart, shutdown => Shutdown,
      significant => Significant, type => Type}.

start({child, Id, _, _, _, Body}) ->
    case recorder:ask({attempt, Id}) of
        fail -> {error, crash};
        ignore -> ignore;
        block -> recorder:ask(block), ignore;
        start when element(1, Body) =:= tree ->
            case start_tree(Body) of
                {ok, Pid} -> recorder:ask({up, Id, Pid, supervisor}), {ok, Pid};
                Other -> Other
            end;
        start ->
            Parent = self(),
            Pid = spawn_opt(fun() -> begin_child(Parent, Body) end, [link, {priority, high}]),
            receive {ready, Pid} -> ok end,
            recorder:ask({up, Id, Pid, Body}),
            {ok, Pid}
    end.

begin_child(Parent, Body) ->
    process_flag(trap_exit, Body =/= obey),
    Parent ! {ready, self()},
    child_loop(Parent, Body).

child_loop(Parent, Body) ->
    receive
        {exit, Reason} -> exit(Reason);
        {'EXIT', Parent, Why} -> told(Parent, Body, Why);
        _ -> child_loop(Parent, Body)
    end.

told(Parent, ignore, _) -> child_loop(Parent, ignore);
told(_, {trap, Reason}, _) -> exit(Reason);
told(_, {drag, Id, Reason}, shutdown) ->
    case recorder:ask({obedient, Id}) of
        undefined -> ok;
        Pid -> exit(Pid, Reason), down(Pid)
    end,
    exit(shutdown);
told(_, {drag, _, _}, Why) -> exit(Why).

%% Supervisor reports, in the process of the supervisor that makes them.
log(#{msg := {report, #{label := {supervisor, Context}, report := Report}}}, _) ->
    Offender = proplists:get_value(offender, Report),
    Id = proplists:get_value(id, Offender),
    case whereis(recorder) of
        undefined -> ok;
        _ -> recorder:report(Context, Id, proplists:get_value(pid, Offender), proplists:get_value(reason, Report))
    end;
log(_, _) ->
    ok.
