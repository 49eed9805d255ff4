%% Runs one program of a state machine in the real gen_statem: a table says what to do with each event in each state.
%%
%% An hour of the machine's time is one unit of the program's. Timers never fire by themselves: the driver hears of each by a
%% trace, and sends its message when the program says that its time has come.
-module(state_machine_program).
-behaviour(gen_statem).
-export([run/1, init/1, callback_mode/0, handle_event/4, terminate/3]).
-import(differential, [line/2]).

-define(UNIT, 3600000).

-record(driver, {pid, now = 0, count = 0, timers = [], lines = []}).

run({state_machine, _, Fuel, Initial, Actions, Table, Enters, Steps}) ->
    [erlang:trace_pattern({erlang, start_timer, Arity}, [{'_', [], [{return_trace}]}], [global]) || Arity <- [3, 4]],
    Data = #{fuel => Fuel, zeros => [], table => maps:from_list(Table), enters => maps:from_list(Enters), driver => self()},
    {ok, Pid} = gen_statem:start(?MODULE, {Initial, Data, Actions}, []),
    Driver = lists:foldl(fun step/2, quiet(#driver{pid = Pid}), Steps),
    exit(Pid, kill),
    lists:reverse(Driver#driver.lines).

step(Step, #driver{pid = Pid, now = Now} = Driver) ->
    Next = add(line("-- ~w", [Step]), Driver),
    case Step of
        {cast, Number} ->
            gen_statem:cast(Pid, Number),
            quiet(Next);
        {advance, Units} -> advance(Now + Units, Next)
    end.

%% The timers whose time has come, in order; what they lead to may start others.
advance(Until, #driver{pid = Pid, timers = Timers} = Driver) ->
    case lists:sort(Timers) of
        [{At, _, Ref, Type} | Rest] when At =< Until ->
            Next = Driver#driver{now = At, timers = Rest},
            case erlang:cancel_timer(Ref) of
                false -> advance(Until, Next);
                _ ->
                    Pid ! {timeout, Ref, Type},
                    advance(Until, quiet(Next))
            end;
        _ -> Driver#driver{now = Until}
    end.

%% Until it has done all that it can, and has told of it.
quiet(#driver{pid = Pid} = Driver) ->
    catch sys:get_state(Pid),
    Ref = erlang:trace_delivered(all),
    receive {trace_delivered, all, Ref} -> heard(Driver) end.

heard(#driver{pid = Pid, now = Now, count = Count, timers = Timers} = Driver) ->
    receive
        {said, Text} -> heard(add(Text, Driver));
        {trace, Pid, call, {erlang, start_timer, [Time, Pid, Type | _]}} ->
            receive
                {trace, Pid, return_from, _, Ref} ->
                    Timer = {Now + Time div ?UNIT, Count, Ref, Type},
                    heard(Driver#driver{count = Count + 1, timers = [Timer | Timers]})
            end
    after 0 ->
        Driver
    end.

add(Text, Driver) -> Driver#driver{lines = [Text | Driver#driver.lines]}.

%% The machine.

init({Initial, #{driver := Driver} = Data, Actions}) ->
    erlang:trace(self(), true, [call, {tracer, Driver}]),
    {Possible, Next} = without_lost_timers(Actions, Data),
    {ok, Initial, Next, actions(Possible)}.

callback_mode() -> [handle_event_function, state_enter].

handle_event(enter, Old, State, Data) ->
    say(Data, "enter ~w from ~w", [State, Old]),
    decided(maps:get(State, maps:get(enters, Data), [{keep, []}]), State, Data);
handle_event(Type, Content, State, Data) ->
    Event = event(Type, Content),
    say(Data, "~w ~w", [State, Event]),
    decided(maps:get({State, Event}, maps:get(table, Data), [{keep, []}]), State, come(Event, Data)).

terminate(Reason, State, Data) -> say(Data, "terminate ~w ~w", [State, Reason]).

say(#{driver := Driver}, Format, Arguments) -> Driver ! {said, line(Format, Arguments)}.

decided(_, _, #{fuel := 0} = Data) -> {keep_state, Data};
decided(Choices, State, #{fuel := Fuel} = Old) ->
    {Goal, All} = lists:nth(1 + Fuel rem length(Choices), Choices),
    {Actions, Data} = without_lost_timers(All, left(Goal, State, Old#{fuel := Fuel - 1})),
    case Goal of
        keep -> {keep_state, Data, actions(Actions)};
        repeat -> {repeat_state, Data, actions(Actions)};
        stop -> {stop, normal, Data};
        {next, Next} -> {next_state, Next, Data, actions(Actions)}
    end.

%% A timer that takes the place of a timeout without time that has not come yet is lost in OTP (seen in 25): it is started, but
%% its message comes as a foreign one. So there are none here: the other side leaves them out by the same rule.
without_lost_timers(Actions, #{zeros := Old} = Data) ->
    {Possible, Zeros} = lists:foldl(
        fun({start, Key, Units, _} = Action, {Done, Zeros}) when Units > 0, Key =/= event ->
                case lists:member(Key, Zeros) of
                    true -> {Done, Zeros};
                    false -> {[Action | Done], Zeros}
                end;
           ({start, Key, _, _} = Action, {Done, Zeros}) -> {[Action | Done], [Key | Zeros]};
           ({update, Key, _} = Action, {Done, Zeros}) -> {[Action | Done], [Key | Zeros]};
           (Action, {Done, Zeros}) -> {[Action | Done], Zeros}
        end, {[], Old}, Actions),
    {lists:reverse(Possible), Data#{zeros := Zeros}}.

%% What timers say is 0 or 1; what is inserted says 2.
come({timeout, Key, Number}, #{zeros := Zeros} = Data) when Number < 2 ->
    Data#{zeros := [Other || Other <- Zeros, Other =/= Key]};
come(_, Data) -> Data.

left({next, Next}, State, #{zeros := Zeros} = Data) when Next =/= State ->
    Data#{zeros := [Other || Other <- Zeros, Other =/= state]};
left(_, _, Data) -> Data.

event(cast, Number) -> {cast, Number};
event(internal, Number) -> {internal, Number};
event(_, Content) -> Content.

type({cast, _}) -> cast;
type({internal, _}) -> internal;
type({timeout, Key, _}) -> key(Key).

key(event) -> timeout;
key(state) -> state_timeout;
key(Name) -> {timeout, Name}.

actions(Actions) -> [action(Action) || Action <- Actions].

action(postpone) -> postpone;
action({insert, {timeout, _, _} = Event}) -> {next_event, type(Event), Event};
action({insert, {_, Number} = Event}) -> {next_event, type(Event), Number};
action({start, Key, Units, Number}) -> {key(Key), Units * ?UNIT, {timeout, Key, Number}};
action({cancel, Key}) -> {key(Key), cancel};
action({update, Key, Number}) -> {key(Key), update, {timeout, Key, Number}}.
