%% Runs one program of process groups in the real pg.
-module(group_program).
-export([run/1]).
-import(differential, [line/2]).

-define(SCOPE, differential_groups).

run({groups, _, Count, Steps}) ->
    {ok, Scope} = pg:start(?SCOPE),
    Processes = [spawn(fun idle/0) || _ <- lists:seq(1, Count)],
    Names = maps:from_list(lists:zip(Processes, lists:seq(0, Count - 1))),
    {_, _} = pg:monitor_scope(?SCOPE),
    Lines = [step(Step, list_to_tuple(Processes), Names) || Step <- Steps],
    [exit(Process, kill) || Process <- Processes],
    ok = gen_server:stop(Scope),
    lists:append(Lines).

idle() -> receive stop -> ok end.

step(Step, Processes, Names) ->
    Result = perform(Step, Processes),
    Members = [[line("~w: ~w", [Group, named(pg:get_members(?SCOPE, Group), Names)])] || Group <- [a, b, c]],
    [line("-- ~w", [Step]), line("~w", [Result])] ++ lists:append(Members)
        ++ [line("groups ~w", [lists:sort(pg:which_groups(?SCOPE))]), line("events ~w", [lists:sort(events(Names))])].

named(Pids, Names) -> lists:sort([maps:get(Pid, Names) || Pid <- Pids]).

perform({join, Group, Numbers}, Processes) -> pg:join(?SCOPE, Group, [element(N + 1, Processes) || N <- Numbers]);
perform({leave, Group, Number}, Processes) -> pg:leave(?SCOPE, Group, element(Number + 1, Processes));
perform({exit, Number}, Processes) ->
    Pid = element(Number + 1, Processes),
    Ref = monitor(process, Pid),
    Pid ! stop,
    receive {'DOWN', Ref, process, Pid, _} -> gone(Pid) end.

%% Its end is told to the scope by a signal of its own, which may come later.
gone(Pid) ->
    sys:get_state(?SCOPE),
    case [G || G <- pg:which_groups(?SCOPE), lists:member(Pid, pg:get_members(?SCOPE, G))] of
        [] -> ok;
        _ -> erlang:yield(), gone(Pid)
    end.

%% What the monitor has told, each process by itself.
events(Names) ->
    receive
        {_, What, Group, Pids} -> [{What, Group, maps:get(Pid, Names)} || Pid <- Pids] ++ events(Names)
    after 0 -> []
    end.
