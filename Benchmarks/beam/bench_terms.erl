%% bench_terms.erl - terms to bytes and back: term_to_binary/2 and binary_to_term/1.

-module(bench_terms).
-export([decode/2, encode/2]).
-import(bench_lib, [rate/2, repeat/2]).

%% One operation is one term, written to bytes.
encode(N, Kind) ->
    Term = term(Kind),
    rate(N, fun() -> repeat(N, fun() -> term_to_binary(Term, [{minor_version, 2}]) end) end).

%% One operation is one term, read from bytes.
decode(N, Kind) ->
    Bytes = term_to_binary(term(Kind), [{minor_version, 2}]),
    rate(N, fun() -> repeat(N, fun() -> binary_to_term(Bytes) end) end).

%% A call as it stands in a frame, from a process of another node, as ours is.
term(message) ->
    Node = <<119, 15, "bench@localhost">>,
    Pid = binary_to_term(<<131, 88, Node/binary, 113:32, 0:32, 1_700_000_000:32>>),
    Ref = binary_to_term(<<131, 90, 3:16, Node/binary, 1_700_000_000:32, 1:32, 2:32, 3:32>>),
    {'$gen_call', {Pid, [alias | Ref]}, {save, <<"hola">>, 42}};
%% A thousand rows.
term(table) ->
    [{I, iolist_to_binary(["name-", integer_to_list(I)]), I * 1.5, #{status => ok, tags => [a, b]}}
     || I <- lists:seq(1, 1000)].
