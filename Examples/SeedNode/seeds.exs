# The commands of the four articles, against the Swift node. Where the article has a name, `{name, n}` stands here.
#
#     elixir --sname me@localhost --cookie seeds Examples/SeedNode/seeds.exs [seeds@localhost]
defmodule Seeds do
  def run(n) do
    Process.flag(:trap_exit, true)
    step("Node.ping(n)", Node.ping(n), :pong)

    IO.puts("\n000: the parser")
    parser = step("Process.whereis(:parser)", whereis(n, :parser), &is_pid/1)
    send(parser, {:parse, "10"})
    step("GenServer.call(:parser, :last)", GenServer.call({:parser, n}, :last), 10)
    Process.link(parser)
    send(parser, {:parse, "abc"})
    step("{:EXIT, parser, reason}", receive(do: ({:EXIT, ^parser, reason} -> reason), after: (5000 -> :none)), fn
      {:swift_fault, "trap", words} -> words == "" or words =~ "Unexpectedly found nil"
      _ -> false
    end)
    step("another parser", again(n, :parser, parser), &is_pid/1)
    step("GenServer.call(:parser, :last)", GenServer.call({:parser, n}, :last), nil)

    IO.puts("\n001: the cache")
    step("GenServer.call(:cache, :get)", GenServer.call({:cache, n}, :get), :empty)
    step("GenServer.cast(:cache, {:save, :hola})", GenServer.cast({:cache, n}, {:save, :hola}), :ok)
    step("GenServer.call(:cache, :get)", GenServer.call({:cache, n}, :get), :hola)
    pid = step("pid = Process.whereis(:cache)", whereis(n, :cache), &is_pid/1)
    step("Process.exit(pid, :kill)", Process.exit(pid, :kill), true)
    step("Process.whereis(:cache)", again(n, :cache, pid), &(is_pid(&1) and &1 != pid))
    step("GenServer.call(:cache, :get)", GenServer.call({:cache, n}, :get), :empty)

    IO.puts("\n001: the football match")
    matches = {:football_match_supervisor, n}
    {:ok, match} =
      step("Supervisor.start_child(matches, [[match_id: :match_123]])",
        Supervisor.start_child(matches, [[match_id: :match_123]]), &match?({:ok, pid} when is_pid(pid), &1))
    score = fn -> GenServer.call({:match_123, n}, :get_score) end
    step("get_score", score.(), %{away_score: 0, home_score: 0})
    GenServer.cast({:match_123, n}, {:event, "home_goal"})
    step("get_score", score.(), %{away_score: 0, home_score: 1})
    monitor = Process.monitor(match)
    GenServer.cast({:match_123, n}, {:event, "goal"})
    step("an unknown event", down(monitor), &(&1 not in [:none, :normal]))
    step("Process.whereis(:match_123)", again(n, :match_123, match), &is_pid/1)
    step("get_score", score.(), %{away_score: 0, home_score: 0})
    GenServer.cast({:match_123, n}, {:event, "end"})
    step("Process.whereis(:match_123)", eventually(fn -> whereis(n, :match_123) end, &(&1 == :undefined)), :undefined)

    IO.puts("\n002: supervisors")
    sup = {:a_supervisor, n}
    step("Supervisor.count_children(sup)", Supervisor.count_children(sup), %{active: 1, specs: 1, supervisors: 0, workers: 1})
    [{id, worker, _, _}] =
      step("Supervisor.which_children(sup)", Supervisor.which_children(sup), &match?([{_, _, :worker, [_]}], &1))
    again_spec = %{id: id, start: {A.Worker, :start_link, ["again"]}}
    step("a duplicate start", Supervisor.start_child(sup, again_spec), {:error, {:already_started, worker}})
    extra = %{id: :extra_worker, start: {A.Worker, :start_link, ["extra"]}}
    {:ok, other} = step("Supervisor.start_child(sup, extra)", Supervisor.start_child(sup, extra), &match?({:ok, _}, &1))
    step("GenServer.call(other, :state)", GenServer.call(other, :state), "extra")
    step("Supervisor.terminate_child(sup, :extra_worker)", Supervisor.terminate_child(sup, :extra_worker), :ok)
    step("Supervisor.count_children(sup)", Supervisor.count_children(sup), %{active: 1, specs: 2, supervisors: 0, workers: 2})
    step("Supervisor.start_child(sup, extra)", Supervisor.start_child(sup, extra), {:error, :already_present})
    step("Supervisor.restart_child(sup, :extra_worker)", Supervisor.restart_child(sup, :extra_worker), &match?({:ok, _}, &1))
    step("Supervisor.restart_child(sup, :extra_worker)", Supervisor.restart_child(sup, :extra_worker), {:error, :running})
    step("Supervisor.delete_child(sup, :extra_worker)", Supervisor.delete_child(sup, :extra_worker), {:error, :running})
    :ok = Supervisor.terminate_child(sup, :extra_worker)
    step("Supervisor.delete_child(sup, :extra_worker)", Supervisor.delete_child(sup, :extra_worker), :ok)
    step("Supervisor.delete_child(sup, :extra_worker)", Supervisor.delete_child(sup, :extra_worker), {:error, :not_found})
    nested = %{id: :nested, start: {A.Supervisor, :start_link, []}, type: :supervisor}
    {:ok, inner} = step("Supervisor.start_child(sup, nested)", Supervisor.start_child(sup, nested), &match?({:ok, _}, &1))
    step("Supervisor.count_children(sup)", Supervisor.count_children(sup), %{active: 2, specs: 2, supervisors: 1, workers: 1})
    step("Supervisor.count_children(inner)", Supervisor.count_children(inner), %{active: 1, specs: 1, supervisors: 0, workers: 1})
    :ok = Supervisor.terminate_child(sup, :nested)
    step("Supervisor.delete_child(sup, :nested)", Supervisor.delete_child(sup, :nested), :ok)

    IO.puts("\n003: dynamic supervisors")
    workers = {:workers, n}
    spec = %{id: :w, start: {DynamicSupervision.Worker, :start_link, [self(), :redis]}, restart: :transient}
    {:ok, wid} = step("DynamicSupervisor.start_child(workers, spec)", DynamicSupervisor.start_child(workers, spec), &match?({:ok, _}, &1))
    step("DynamicSupervisor.which_children(workers)", DynamicSupervisor.which_children(workers),
      &match?([{:undefined, ^wid, :worker, [_]}], &1))
    send(wid, {:store, "foo", "bar"})
    step("flush()", flush(), {:hello_friend})
    Process.link(wid)
    send(wid, {:raise, "heck"})
    step("{:EXIT, wid, reason}", receive(do: ({:EXIT, ^wid, reason} -> reason), after: (5000 -> :none)), &(inspect(&1) =~ "heck"))
    children = fn -> DynamicSupervisor.which_children(workers) end
    [{_, next, _, _}] =
      step("DynamicSupervisor.which_children(workers)", eventually(children, &match?([{_, p, _, _}] when is_pid(p) and p != wid, &1)),
        &match?([{:undefined, p, :worker, [_]}] when is_pid(p) and p != wid, &1))
    send(next, {:shutdown})
    step("flush()", flush(), {:goodbye})
    step("DynamicSupervisor.which_children(workers)", eventually(children, &(&1 == [])), [])
  end

  def step(text, found, expected) do
    ok = if is_function(expected), do: expected.(found), else: found == expected
    IO.puts("#{if ok, do: "ok  ", else: "FAIL"} #{text} => #{inspect(found)}")
    Process.put(:differ, Process.get(:differ, 0) + if(ok, do: 0, else: 1))
    Process.put(:steps, Process.get(:steps, 0) + 1)
    found
  end

  def whereis(n, name), do: :erpc.call(n, :erlang, :whereis, [name])

  # What `ask` answers once that is what is wanted; what it answers last, if it never is.
  def eventually(ask, wanted, tries \\ 200) do
    found = ask.()
    if wanted.(found) or tries == 0 do
      found
    else
      Process.sleep(10)
      eventually(ask, wanted, tries - 1)
    end
  end

  # Another process than `before` has the name.
  def again(n, name, before), do: eventually(fn -> whereis(n, name) end, &(is_pid(&1) and &1 != before))

  def down(monitor), do: receive(do: ({:DOWN, ^monitor, _, _, reason} -> reason), after: (5000 -> :none))
  def flush(), do: receive(do: (message -> message), after: (5000 -> :none))
end

Seeds.run(String.to_atom(List.first(System.argv()) || "seeds@localhost"))
IO.puts("\n#{Process.get(:steps)} steps, #{Process.get(:differ)} differ")
System.halt(if Process.get(:differ) == 0, do: 0, else: 1)
