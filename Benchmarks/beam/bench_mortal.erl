%% bench_mortal.erl - crash_all_100k's child: tells of its start and of its orderly end.

-module(bench_mortal).
-export([start/3]).
-export([init/1, handle_call/3, handle_cast/2, terminate/2]).

start(Name, I, Listener) -> gen_server:start_link({local, Name}, ?MODULE, {I, Listener}, []).

init({I, Listener}) ->
    process_flag(trap_exit, true),
    Listener ! {up, I},
    {ok, {I, Listener}}.

handle_call(ping, _From, State) -> {reply, pong, State}.

handle_cast(crash, _State) -> exit(crash).

terminate(shutdown, {I, Listener}) -> Listener ! {terminated, I};
terminate(_, _) -> ok.
