%% Workers of a supervisor on another node: as those of supervisor_scenario, but for their parent.
-module(wire_child).
-export([start/2]).

start(Parent, Body) ->
    Starter = self(),
    Pid = spawn(fun() ->
        process_flag(trap_exit, Body =/= obey),
        Starter ! {ready, self()},
        loop(Parent, Body)
    end),
    receive {ready, Pid} -> Pid end.

loop(Parent, Body) ->
    receive
        {exit, Reason} -> exit(Reason);
        {'EXIT', Parent, Why} -> told(Parent, Body, Why);
        _ -> loop(Parent, Body)
    end.

told(Parent, ignore, _) -> loop(Parent, ignore);
told(_, {trap, Reason}, _) -> exit(Reason);
told(_, _, Why) -> exit(Why).
