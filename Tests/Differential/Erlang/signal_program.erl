%% Runs one program of signals on the BEAM: processes that do what they are told, one step at a time, and leave their mail
%% where it is until they are told to look at it.
%%
%% They have high priority, and there is one scheduler: when the driver goes on, all is quiet.
-module(signal_program).
-export([run/1]).
-import(differential, [line/2]).

-record(state, {slots = #{}, lines = []}).

run({program, _, Steps}) ->
    ets:new(aliases, [named_table, public]),
    State = lists:foldl(fun(Slot, State) -> enter(Slot, start([]), State) end, #state{}, [p0, p1, p2]),
    #state{slots = Slots, lines = Lines} = steps(Steps, State),
    [exit(Pid, kill) || Pid <- maps:values(Slots)],
    erlang:yield(),
    lists:reverse(Lines).

steps([], State) -> State;
steps([{Slot, Operations} | Rest], State0) ->
    #state{slots = Slots} = State = add(line("-- ~w", [Slot]), State0),
    Quiet = case Slots of
        #{Slot := Pid} ->
            Pid ! {run, Slot, Operations, Slots, self()},
            erlang:yield(),
            erlang:yield(),
            heard(State, []);
        _ -> State
    end,
    steps(Rest, Quiet).

%% What the process said, in order; then who has died.
heard(State, Dead) ->
    receive
        {said, Text} -> heard(add(Text, State), Dead);
        {spawned, From, Slot, Pid} ->
            Next = enter(Slot, Pid, State),
            From ! {entered, Pid},
            erlang:yield(),
            heard(Next, Dead);
        {'DOWN', _, process, Pid, Reason} ->
            [Slot] = [Slot || {Slot, Other} <- maps:to_list(State#state.slots), Other =:= Pid],
            heard(State, [line("dead ~w ~w", [Slot, Reason]) | Dead])
    after 0 ->
        lists:foldl(fun add/2, State, lists:sort(Dead))
    end.

add(Text, State) -> State#state{lines = [Text | State#state.lines]}.

enter(Slot, Pid, #state{slots = Slots} = State) ->
    monitor(process, Pid),
    State#state{slots = Slots#{Slot => Pid}}.

start(Options) ->
    spawn_opt(fun loop/0, [{priority, high} | Options]).

loop() ->
    receive
        {run, Slot, Operations, Slots, Driver} ->
            run(Operations, Slot, Slots, Driver),
            loop()
    end.

run([], _, _, _) -> ok;
run([Operation | Rest], Slot, Slots, Driver) ->
    Next = case do(Operation, Slot, Slots, Driver) of
        {spawned, New, Pid} ->
            %% The driver must watch it before anything can happen to it.
            Driver ! {spawned, self(), New, Pid},
            receive {entered, Pid} -> ok end,
            Slots#{New => Pid};
        Result ->
            Driver ! {said, line("~w ~w: ~s", [Slot, Operation, text(Result)])},
            Slots
    end,
    run(Rest, Slot, Next, Driver).

text(Result) when is_list(Result) -> Result;
text(Result) -> line("~w", [Result]).

do({spawn, New, Options}, _, _, _) ->
    Real = [Option || Option <- Options, is_atom(Option)] ++ [monitor || {monitor, _} <- Options],
    case start(Real) of
        {Pid, Ref} ->
            [{monitor, Number}] = [Option || {monitor, _} = Option <- Options],
            keep(Number, Ref),
            {spawned, New, Pid};
        Pid -> {spawned, New, Pid}
    end;
do({drain}, Slot, Slots, Driver) -> drain(Slot, Slots, Driver);
do({links}, _, Slots, _) ->
    {links, Links} = process_info(self(), links),
    line("~w", [lists:sort([slot(Pid, Slots) || Pid <- Links])]);
do({trap, Flag}, _, _, _) -> process_flag(trap_exit, Flag);
do({'end', Reason}, _, _, _) -> exit(Reason);
do({demonitor, Number, Options}, _, _, _) ->
    case get({ref, Number}) of
        undefined -> "no ref";
        Ref -> demonitor(Ref, [info | Options])
    end;
do({whereis, Name}, _, Slots, _) ->
    case whereis(Name) of
        undefined -> undefined;
        Pid -> slot(Pid, Slots)
    end;
do({unregister, Name}, _, _, _) -> attempt(fun() -> unregister(Name) end);
do({send_name, Name, Number}, Slot, _, _) -> attempt(fun() -> Name ! {msg, Slot, Number}, true end);
do({monitor_name, Name, Number}, _, _, _) -> keep(Number, monitor(process, Name));
do({alias, Number, Options}, _, _, _) -> share(Number, alias(Options));
do({unalias, Number}, _, _, _) ->
    case ets:lookup(aliases, Number) of
        [{_, Alias}] -> unalias(Alias);
        [] -> false
    end;
do({send_alias, Number, Message}, Slot, _, _) ->
    [Alias ! {msg, Slot, Message} || {_, Alias} <- ets:lookup(aliases, Number)],
    true;
do(Operation, Slot, Slots, _) ->
    Target = element(2, Operation),
    case Slots of
        #{Target := Pid} -> to(setelement(2, Operation, Pid), Slot);
        _ -> nobody
    end.

to({link, Pid}, _) -> attempt(fun() -> link(Pid) end);
to({unlink, Pid, flush}, _) ->
    unlink(Pid),
    receive {'EXIT', Pid, _} -> true after 0 -> true end;
to({unlink, Pid}, _) -> unlink(Pid);
to({monitor, Pid, Number}, _) -> keep(Number, monitor(process, Pid));
to({monitor_alias, Pid, Number, Alias, Mode}, _) ->
    Ref = monitor(process, Pid, [{alias, Mode}]),
    share(Alias, Ref),
    keep(Number, Ref);
to({exit, Pid, Reason}, _) -> exit(Pid, Reason);
to({send, Pid, Number}, Slot) ->
    Pid ! {msg, Slot, Number},
    true;
to({register, Pid, Name}, _) -> attempt(fun() -> register(Name, Pid) end);
to({alive, Pid}, _) -> is_process_alive(Pid).

attempt(Body) ->
    try Body()
    catch error:Reason when Reason =:= badarg; Reason =:= noproc -> Reason
    end.

keep(Number, Ref) ->
    put({ref, Number}, Ref),
    put({number, Ref}, Number),
    true.

%% Aliases are known to all, by their number.
share(Number, Alias) ->
    true = ets:insert(aliases, {Number, Alias}).

slot(Pid, Slots) ->
    case [Slot || {Slot, Other} <- maps:to_list(Slots), Other =:= Pid] of
        [Slot] -> Slot;
        [] -> unknown
    end.

drain(Slot, Slots, Driver) ->
    receive
        {msg, From, Number} -> got(Slot, Slots, Driver, "~w msg ~w", [From, Number]);
        {'EXIT', Pid, Reason} -> got(Slot, Slots, Driver, "~w exit ~w", [slot(Pid, Slots), Reason]);
        {'DOWN', Ref, process, {Name, _}, Reason} ->
            got(Slot, Slots, Driver, "~w down ~w ~w", [Name, get({number, Ref}), Reason]);
        {'DOWN', Ref, process, Pid, Reason} ->
            got(Slot, Slots, Driver, "~w down ~w ~w", [slot(Pid, Slots), get({number, Ref}), Reason])
    after 0 -> true
    end.

got(Slot, Slots, Driver, Format, Arguments) ->
    Driver ! {said, line("~w got " ++ Format, [Slot | Arguments])},
    drain(Slot, Slots, Driver).
