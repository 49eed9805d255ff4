#!/usr/bin/env escript
%% Writes golden.txt: terms as Erlang's text, and the bytes that this release writes for them.
%%
%%     escript golden.escript > golden.txt
%%
%% Each line is a text, a tab, and the bytes in hexadecimal. The tests read it; run this again when a release changes.

main(_) ->
    ok = io:setopts([{encoding, latin1}]),
    io:format("% OTP ~s, term_to_binary(Term, [{minor_version, 2}])~n", [erlang:system_info(otp_release)]),
    [line(Text) || Text <- texts()].

line(Text) ->
    {ok, Tokens, _} = erl_scan:string(lists:flatten(Text) ++ "."),
    {ok, [Expression]} = erl_parse:parse_exprs(Tokens),
    {value, Term, _} = erl_eval:expr(Expression, []),
    Hex = [io_lib:format("~2.16.0b", [B]) || <<B>> <= term_to_binary(Term, [{minor_version, 2}])],
    io:format("~s\t~s~n", [unicode:characters_to_binary(lists:flatten(Text)), Hex]).

texts() ->
    ["0", "1", "255", "256", "-1", "2147483647", "2147483648", "-2147483648", "-2147483649",
     "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
     "18446744073709551615", "-18446744073709551616", "340282366920938463463374607431768211456",
     "1.5", "-0.0", "0.1", "1.0e308", "5.0e-324", "-123456.789", "ok", "'Elixir.GenServer'", "'two words'", "''", "'$gen_call'",
     "'\x{e9}t\x{e9}'", "'\x{65e5}\x{672c}'", "nil", "true", "[]", "[1,2,3]", "\"hola\"", "[1,2,300]", "[a|b]", "[1,2|c]", "[[],[[]]]",
     "[[1|2]|3]", "{}", "{ok,1}", "{{},{}}", "<<>>", "<<\"hola\">>", "<<0,255>>", "<<5:3>>", "<<1,2,3:2>>", "<<255:7>>",
     "#{}", "#{a => 1}", "#{1 => #{1.0 => []}}", "fun lists:map/2", "fun 'Elixir.Enum':'map!'/255",
     "{save,<<\"hola\">>}", "{'$gen_cast',{deposit,10}}", "[{a,1},{b,2}]",
     "[" ++ lists:join(",", ["x" || _ <- lists:seq(1, 40)]) ++ "]",
     "{" ++ lists:join(",", ["x" || _ <- lists:seq(1, 256)]) ++ "}"].
