%% Writes down what happens in a scenario, in order, and knows who is who. A process registered as `recorder`.
-module(recorder).
-export([run/0, ask/1, line/2, report/4]).

-record(state, {kind, lines = [], count = 0, names = #{}, last = #{}, living = #{}, bodies = #{}, counts = #{}, starts = #{}, blocked}).

ask(Question) ->
    Ref = make_ref(),
    recorder ! {ask, self(), Ref, Question},
    receive {Ref, Answer} -> Answer end.

line(Format, Arguments) ->
    recorder ! {line, differential:line(Format, Arguments)}.

report(Context, Id, Pid, Reason) ->
    recorder ! {report, Context, Id, Pid, Reason}.

run() -> loop(#state{}).

loop(State) ->
    receive
        {ask, From, Ref, finish} ->
            From ! {Ref, finish(State)};
        {ask, From, Ref, block} ->
            loop(State#state{blocked = {From, Ref}});
        {ask, From, Ref, Question} ->
            {Answer, Next} = answer(Question, State),
            From ! {Ref, Answer},
            loop(Next);
        {line, Text} ->
            loop(add(Text, State));
        {report, Context, Id, Pid, Reason} ->
            Arguments = [Context, offender(Id, Pid, State), differential:reason(Reason)],
            loop(add(differential:line("report ~w ~s: ~s", Arguments), State));
        {'DOWN', _, process, Pid, Reason} ->
            loop(down(Pid, Reason, State))
    end.

add(Text, State) ->
    State#state{lines = [Text | State#state.lines], count = State#state.count + 1}.

down(Pid, Reason, #state{names = Names, living = Living} = State) ->
    {Id, Name} = maps:get(Pid, Names),
    Rest = case Living of
        #{Id := {Pid, _}} -> maps:remove(Id, Living);
        _ -> Living
    end,
    add(differential:line("down ~s ~s", [Name, differential:reason(Reason)]), State#state{living = Rest}).

answer({kind, dynamic}, State) -> {ok, State#state{kind = dynamic}};
answer({kind, _}, State) -> {ok, State#state{kind = static}};
answer(kind, State) -> {State#state.kind, State};
answer(count, State) -> {State#state.count, State};
answer({next, Id, Starts}, #state{starts = All} = State) ->
    {ok, State#state{starts = All#{Id => maps:get(Id, All, []) ++ Starts}}};
answer({attempt, Id}, #state{starts = All} = State) ->
    {Start, Rest} = case maps:get(Id, All, []) of
        [] -> {start, []};
        [First | Others] -> {First, Others}
    end,
    {Start, add(differential:line("~w ~w", [Start, Id]), State#state{starts = All#{Id => Rest}})};
answer({up, Id, Pid, Body}, #state{names = Names, last = Last, living = Living, counts = Counts} = State) ->
    monitor(process, Pid),
    Number = maps:get(Id, Counts, 0) + 1,
    Name = differential:line("~w#~w", [Id, Number]),
    {ok, State#state{
        names = Names#{Pid => {Id, Name}}, bodies = (State#state.bodies)#{Pid => Body}, last = Last#{Id => Pid}, living = Living#{Id => {Pid, Body}},
        counts = Counts#{Id => Number}}};
answer({name, Pid}, #state{names = Names} = State) ->
    {_, Name} = maps:get(Pid, Names),
    {Name, State};
answer({last, Id}, State) -> {maps:get(Id, State#state.last, undefined), State};
answer({supervisor, Id}, #state{last = Last, bodies = Bodies} = State) ->
    case Last of
        #{Id := Pid} when map_get(Pid, Bodies) =:= supervisor -> {Pid, State};
        _ -> {undefined, State}
    end;
answer({worker, Id}, State) ->
    case State#state.living of
        #{Id := {Pid, Body}} when Body =/= supervisor -> {Pid, State};
        _ -> {undefined, State}
    end;
answer({living, Id}, State) ->
    case State#state.living of
        #{Id := {Pid, _}} -> {Pid, State};
        _ -> {undefined, State}
    end;
answer({obedient, Id}, State) ->
    case State#state.living of
        #{Id := {Pid, obey}} -> {Pid, State};
        _ -> {undefined, State}
    end;
answer(supervisors, State) ->
    {lists:sort([{Id, Pid} || {Id, {Pid, supervisor}} <- maps:to_list(State#state.living)]), State};
answer(release, #state{blocked = undefined} = State) -> {ok, State};
answer(release, #state{blocked = {From, Ref}} = State) ->
    From ! {Ref, ok},
    {ok, State#state{blocked = undefined}}.

offender(Id, undefined, _) -> differential:line("~w", [Id]);
offender(Id, {restarting, undefined}, _) -> differential:line("restarting ~w", [Id]);
offender(_, {restarting, Pid}, State) -> "restarting " ++ name(Pid, State);
offender(_, Pid, State) -> name(Pid, State).

name(Pid, #state{names = Names}) ->
    {_, Name} = maps:get(Pid, Names),
    Name.

%% Ends what is left, the recorder too.
finish(#state{names = Names, lines = Lines}) ->
    unregister(recorder),
    [exit(Pid, kill) || Pid <- maps:keys(Names)],
    lists:reverse(Lines).
