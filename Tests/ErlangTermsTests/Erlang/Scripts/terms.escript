#!/usr/bin/env escript
%% Reads terms that Swift has written, and says what Erlang makes of them.
%%
%%     escript terms.escript IN OUT
%%
%% IN has terms, each behind its length in 32 bits. OUT has, in the same manner, for each of them: what term_to_binary/1
%% writes, the text of ~0tp, and the text of ~tw. Then the order: the index in IN of each term, sorted, as a term. Then
%% terms of Erlang's own that Swift cannot make, and those terms compressed.

main([In, Out]) ->
    {ok, Bytes} = file:read_file(In),
    Terms = [read(B) || B <- chunks(Bytes)],
    Said = [[chunk(written(T)), chunk(text("~0tp", T)), chunk(text("~tw", T))] || T <- Terms],
    Sorted = lists:sort(fun({A, I}, {B, J}) -> {A, I} =< {B, J} end, lists:zip(Terms, lists:seq(0, length(Terms) - 1))),
    Order = [I || {_, I} <- Sorted],
    %% 1 where a term is the same as the one before it, in the order that takes 1 and 1.0 for the same.
    Same = [case A == B of true -> 1; false -> 0 end || {{A, _}, {B, _}} <- lists:zip(lists:sublist(Sorted, length(Sorted) - 1), tl(Sorted))],
    Own = own(),
    ok = file:write_file(Out, [Said, chunk(term_to_binary(Order)), chunk(term_to_binary(Same)),
                               [[chunk(written(T)), chunk(term_to_binary(T, [{compressed, 9}]))] || T <- Own]]).

%% As nodes write it, and every release from 26 on: atoms in UTF-8.
written(Term) -> term_to_binary(Term, [{minor_version, 2}]).

read(Bytes) ->
    try binary_to_term(Bytes)
    catch error:badarg -> error({not_a_term, Bytes})
    end.

chunks(<<Size:32, Chunk:Size/binary, Rest/binary>>) -> [Chunk | chunks(Rest)];
chunks(<<>>) -> [].

chunk(Bytes) -> [<<(byte_size(Bytes)):32>>, Bytes].

text(Format, Term) -> unicode:characters_to_binary(io_lib:format(Format, [Term])).

own() ->
    Free = {"free", 1, <<"variable">>},
    Closure = fun(X) -> {X, Free} end,
    Long = [{I, integer_to_list(I), <<I:64>>} || I <- lists:seq(1, 2_000)],
    [self(), make_ref(), hd(erlang:ports()), Closure, fun lists:map/2, fun erlang:'+'/2, [Closure, Closure], spawn(fun() -> ok end),
     erlang:alias(), Long, lists:duplicate(100_000, $a), binary:copy(<<"abc">>, 50_000), lists:seq(1, 70_000), 1 bsl 100_000,
     -(1 bsl 2040), (1 bsl 2040) - 1, list_to_tuple(lists:seq(1, 256)), maps:from_list([{I, I} || I <- lists:seq(1, 1_000)]),
     erlang:system_info(version), process_info(self()), catch error(badarg)].
