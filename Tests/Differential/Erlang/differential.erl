%% The other side of the differential tests: reads scenarios and programs, as Erlang terms, from one file, lets the real OTP
%% run each, and writes what happened to another file. One `erl` serves thousands of them.
%%
%%     erl +S 1:1 -noshell -pa FOLDER -run differential main IN OUT
-module(differential).
-export([main/1, reason/1, line/2]).

-define(LIMIT, 20000).

main([In, Out]) ->
    {ok, Cases} = file:consult(In),
    {ok, File} = file:open(Out, [write, raw, delayed_write]),
    logger:remove_handler(default),
    ok = logger:add_handler(differential, supervisor_scenario, #{}),
    [ok = file:write(File, [line("@ ~w", [Number]), $\n, [[Line, $\n] || Line <- limited(Case)]])
     || {Number, Case} <- Cases],
    ok = file:close(File),
    halt(0).

%% One that does not end is a finding, and must not hold up the others.
limited(Case) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({lines, run(Case)}) end),
    receive
        {'DOWN', Ref, process, Pid, {lines, Lines}} -> Lines;
        {'DOWN', Ref, process, Pid, Reason} -> given_up(line("the driver failed: ~0p", [Reason]))
    after ?LIMIT ->
        exit(Pid, kill),
        given_up("it does not end")
    end.

given_up(Text) ->
    Lines = try recorder:ask(finish) catch error:_ -> [] end,
    Lines ++ [Text].

run(Case) when element(1, Case) =:= scenario -> supervisor_scenario:run(Case);
run(Case) when element(1, Case) =:= program -> signal_program:run(Case);
run(Case) when element(1, Case) =:= state_machine -> state_machine_program:run(Case);
run(Case) when element(1, Case) =:= groups -> group_program:run(Case).

line(Format, Arguments) ->
    lists:flatten(io_lib:format(Format, Arguments)).

%% What both sides call a reason.
reason({shutdown, {failed_to_start_child, Id, Reason}}) ->
    line("{shutdown,{failed_to_start_child,~w,~s}}", [Id, reason(Reason)]);
reason({bad_combination, _}) -> "invalid";
reason({duplicate_child_name, _}) -> "invalid";
reason({start_spec, _}) -> "invalid";
reason(Reason) -> line("~w", [Reason]).
