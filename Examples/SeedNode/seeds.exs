# The commands of the four articles, against the Swift node:
#
#     elixir --sname me@localhost --cookie seeds Examples/SeedNode/seeds.exs [seeds@localhost]
node = String.to_atom(List.first(System.argv()) || "seeds@localhost")
Process.flag(:trap_exit, true)

defmodule Seeds do
  def step(text, found, expected) do
    ok = if is_function(expected), do: expected.(found), else: found == expected
    IO.puts("#{if ok, do: "ok  ", else: "FAIL"} #{text} => #{inspect(found)}")
    Process.put(:differ, Process.get(:differ, 0) + if(ok, do: 0, else: 1))
    Process.put(:steps, Process.get(:steps, 0) + 1)
    found
  end

  def again(node, name, before, tries \\ 100) do
    pid = pid(node, name)
    cond do
      pid != nil and pid != before -> pid
      tries == 0 -> nil
      true -> Process.sleep(20); again(node, name, before, tries - 1)
    end
  end

  # Who has the name there: the status of a server has its pid.
  def pid(node, name) do
    elem(:sys.get_status({name, node}), 1)
  catch
    :exit, _ -> nil
  end
end

import Seeds

step("Node.ping(node)", Node.ping(node), :pong)

IO.puts("000 Let it crash")
GenServer.cast({:parser, node}, {:parse, "10"})
step("GenServer.call(parser, :last)", GenServer.call({:parser, node}, :last), 10)
parser = pid(node, :parser)
Process.link(parser)
GenServer.cast({:parser, node}, {:parse, "not a number"})
step("{:EXIT, parser, reason}", receive(do: ({:EXIT, ^parser, reason} -> reason), after: (2000 -> :none)),
  &match?({:swift_fault, _}, &1))
step("another parser", again(node, :parser, parser), &is_pid/1)
step("GenServer.call(parser, :last)", GenServer.call({:parser, node}, :last), nil)

IO.puts("001 Fault-tolerant applications")
cache = {:cache, node}
step("GenServer.call(:cache, :get)", GenServer.call(cache, :get), :empty)
step("GenServer.cast(:cache, {:save, :hola})", GenServer.cast(cache, {:save, :hola}), :ok)
step("GenServer.call(:cache, :get)", GenServer.call(cache, :get), :hola)
pid = step("Process.whereis(:cache)", pid(node, :cache), &is_pid/1)
Process.exit(pid, :kill)
step("Process.whereis(:cache)", again(node, :cache, pid), &is_pid/1)
step("GenServer.call(:cache, :get)", GenServer.call(cache, :get), :empty)

matches = {:football_match_supervisor, node}
tracker = %{id: :match, start: {FootballMatchTracker, :start_link, [[match_id: :match_123]]}, restart: :transient}
{:ok, match} = step("start_child(match_123)", DynamicSupervisor.start_child(matches, tracker), &match?({:ok, _}, &1))
GenServer.cast({:match_123, node}, {:event, "home_goal"})
step("get_score", GenServer.call({:match_123, node}, :get_score), %{home_score: 1, away_score: 0})
GenServer.cast({:match_123, node}, {:event, "goal"})
step("restarted after an unknown event", again(node, :match_123, match), &is_pid/1)
step("get_score", GenServer.call({:match_123, node}, :get_score), %{home_score: 0, away_score: 0})
monitor = Process.monitor({:match_123, node})
GenServer.cast({:match_123, node}, {:event, "end"})
step("ended for good", receive(do: ({:DOWN, ^monitor, _, _, reason} -> reason), after: (2000 -> :none)), :normal)
step("count_children", DynamicSupervisor.count_children(matches).active, 0)

IO.puts("002 Supervisors")
sup = {:a_supervisor, node}
step("count_children", Supervisor.count_children(sup), %{active: 0, specs: 0, supervisors: 0, workers: 0})
spec = %{id: A.Worker, start: {A.Worker, :start_link, ["first value"]}}
{:ok, worker} = step("start_child", Supervisor.start_child(sup, spec), &match?({:ok, _}, &1))
step("A.Worker.state", GenServer.call(worker, :state), "first value")
step("count_children", Supervisor.count_children(sup), %{active: 1, specs: 1, supervisors: 0, workers: 1})
step("which_children", Supervisor.which_children(sup), &match?([{A.Worker, ^worker, :worker, _}], &1))
monitor = Process.monitor(worker)
Process.exit(worker, :kill)
step("killed", receive(do: ({:DOWN, ^monitor, _, _, reason} -> reason), after: (2000 -> :none)), :killed)
step("count_children", Supervisor.count_children(sup), &(&1.specs == 1))
step("start_child again", Supervisor.start_child(sup, spec), &match?({:error, {:already_started, _}}, &1))
extra = %{id: :extra_worker, start: {A.Worker, :start_link, ["extra"]}}
step("start_child(:extra_worker)", Supervisor.start_child(sup, extra), &match?({:ok, _}, &1))
step("terminate_child", Supervisor.terminate_child(sup, :extra_worker), :ok)
step("restart_child", Supervisor.restart_child(sup, :extra_worker), &match?({:ok, _}, &1))
step("terminate_child", Supervisor.terminate_child(sup, :extra_worker), :ok)
step("delete_child", Supervisor.delete_child(sup, :extra_worker), :ok)

IO.puts("003 Dynamic supervisors")
workers = {:workers, node}
spec = %{id: :w, start: {DynamicSupervision.Worker, :start_link, [self(), :redis]}, restart: :transient}
{:ok, wid} = step("start_child", DynamicSupervisor.start_child(workers, spec), &match?({:ok, _}, &1))
send(wid, {:store, "foo", "bar"})
step("flush", receive(do: (m -> m), after: (2000 -> :none)), {:hello_friend})
monitor = Process.monitor(wid)
send(wid, {:raise, "heck"})
step("crashed", receive(do: ({:DOWN, ^monitor, _, _, reason} -> reason), after: (2000 -> :none)), &match?({:swift_error, _, _}, &1))
step("which_children", DynamicSupervisor.which_children(workers), &match?([{:undefined, p, :worker, _}] when p != wid, &1))
[{_, next, _, _}] = DynamicSupervisor.which_children(workers)
send(next, {:shutdown})
step("flush", receive(do: (m -> m), after: (2000 -> :none)), {:goodbye})

IO.puts("#{Process.get(:steps)} steps, #{Process.get(:differ)} differ")
System.halt(if Process.get(:differ) == 0, do: 0, else: 1)
