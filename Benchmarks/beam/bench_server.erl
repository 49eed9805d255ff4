%% bench_server.erl - the gen_server and supervisor callback module: init/1 tells them apart by its argument.

-module(bench_server).
-export([handle_call/3, handle_cast/2, init/1, spec/2, start_child/1, start_named/2,
         start_server/0, start_supervisor/1, start_supervisor/2, stop_supervisor/1]).
-import(bench_lib, [now_ns/0]).

%%% ---------------------------------------------------------------- the server and supervisor

%% {server, How}: an idle server whose state is one integer.
%% {child, Id, Tell}: the same, telling Tell each time that it has started.
%% {stamped, I, Table}: the crash storm's child (see there).
%% {supervisor, Strategy, Specs}: a supervisor that never gives up.
init({server, normal}) -> {ok, 0};
init({server, hibernated}) -> {ok, 0, hibernate};
init({child, Id, Tell}) -> Tell ! {up, Id, self()}, {ok, 0};
init({stamped, I, Killed, Collector}) ->
    case atomics:exchange(Killed, I, 0) of
        0 -> ok;
        At -> Collector ! {outage, I, (now_ns() - At) / 1000}
    end,
    {ok, 0};
init({supervisor, Strategy, Specs}) ->
    {ok, {#{strategy => Strategy, intensity => 1_000_000_000, period => 1}, Specs}}.

handle_call(ping, _From, State) -> {reply, pong, State};
handle_call(count, _From, State) -> {reply, State, State}.

handle_cast(crash, _State) -> exit(crash);
handle_cast(_Message, State) -> {noreply, State + 1}.

start_child(Arg) -> gen_server:start_link(?MODULE, Arg, []).
start_named(Name, Arg) -> gen_server:start_link({local, Name}, ?MODULE, Arg, []).

start_server() ->
    {ok, Pid} = gen_server:start(?MODULE, {server, normal}, []),
    Pid.

spec(Id, Start) -> #{id => Id, start => Start, shutdown => 5000}.

%% Also called by the tree's top supervisor to start those under it.
start_supervisor(Specs) -> supervisor:start_link(?MODULE, {supervisor, one_for_one, Specs}).

start_supervisor(Strategy, Specs) ->
    {ok, Sup} = supervisor:start_link(?MODULE, {supervisor, Strategy, Specs}),
    Sup.

%% Orders a supervisor that this process started to shut down, and waits.
stop_supervisor(Sup) ->
    unlink(Sup),
    Ref = monitor(process, Sup),
    exit(Sup, shutdown),
    receive {'DOWN', Ref, process, Sup, _} -> ok end.
