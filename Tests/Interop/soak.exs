# The BEAM's part of soak.py: works with two Swift nodes for so many seconds, and prints what has come of it.
#
#     elixir --sname soak@localhost --cookie c soak.exs SECONDS
defmodule Soak do
  @nodes [:s@localhost, :s2@localhost]

  def run(seconds) do
    counts = :counters.new(8, [])
    until = System.monotonic_time(:millisecond) + seconds * 1000
    work = List.duplicate(&call/1, 6) ++ List.duplicate(&relay/1, 2) ++ List.duplicate(&kill/1, 3) ++ [&cast/1, &cut/1]

    monitors =
      for one <- work do
        {_, monitor} = spawn_monitor(fn -> repeat(one, counts, until) end)
        monitor
      end

    for monitor <- monitors do
      receive do
        {:DOWN, ^monitor, _, _, :normal} -> :ok
        {:DOWN, ^monitor, _, _, reason} -> IO.puts("a worker failed: #{inspect(reason)}")
      after
        seconds * 1000 + 60_000 -> IO.puts("a worker is stuck")
      end
    end

    names = ~w(calls failed_calls stuck_calls kills lost_signals casts cuts relays)
    for {name, index} <- Enum.with_index(names, 1), do: IO.puts("#{name} #{:counters.get(counts, index)}")
  end

  defp repeat(one, counts, until) do
    one.(counts)
    if System.monotonic_time(:millisecond) < until, do: repeat(one, counts, until)
  end

  defp add(counts, index), do: :counters.add(counts, index, 1)

  # Whatever becomes of a call, it becomes of it in time. A node that is down is no fault of the call's.
  defp ask(counts, server, request, timeout) do
    start = System.monotonic_time(:millisecond)

    try do
      {:ok, GenServer.call(server, request, timeout)}
    catch
      :exit, {reason, _} ->
        add(counts, 2)
        if reason == :timeout, do: IO.puts("timeout of #{inspect(request)} to #{inspect(server)}")
        {:exit, reason}
    after
      if System.monotonic_time(:millisecond) - start > timeout - 100, do: add(counts, 3)
    end
  end

  defp call(counts) do
    number = :rand.uniform(1_000_000)

    case ask(counts, {:bank, Enum.random(@nodes)}, {:echo, {number, "text", [1, 2.5, %{a: number}]}}, 15_000) do
      {:ok, {^number, "text", [1, 2.5, %{a: ^number}]}} -> add(counts, 1)
      {:ok, other} -> exit({:wrong_answer, other})
      {:exit, _} -> Process.sleep(20)
    end
  end

  # One Swift node asks the other.
  defp relay(counts) do
    [a, b] = Enum.shuffle(@nodes)

    case ask(counts, {:bank, a}, {:do, {:call, {:bank, b}, {:echo, :x}}}, 15_000) do
      {:ok, {:ok, :x}} -> add(counts, 8)
      {:ok, {:exit, _}} -> Process.sleep(20)
      {:exit, _} -> Process.sleep(20)
    end
  end

  # Whoever is linked to a process and monitors it hears of its end, or of the loss of its node.
  defp kill(counts) do
    Process.flag(:trap_exit, true)

    with {:ok, pid} <- ask(counts, {:victim, Enum.random(@nodes)}, :pid, 15_000) do
      monitor = Process.monitor(pid)
      Process.link(pid)
      Process.exit(pid, :soak)

      heard =
        for _ <- 1..2 do
          receive do
            {:DOWN, ^monitor, _, _, _} -> :down
            {:EXIT, ^pid, _} -> :exit
          after
            15_000 -> :lost
          end
        end

      if Enum.sort(heard) == [:down, :exit], do: add(counts, 4), else: add(counts, 5)
    end

    Process.sleep(50)
  end

  defp cast(counts) do
    for _ <- 1..100, do: GenServer.cast({:bank, Enum.random(@nodes)}, {:deposit, 1})
    :counters.add(counts, 6, 100)
    Process.sleep(10)
  end

  defp cut(counts) do
    Process.sleep(2_000)
    Node.disconnect(Enum.random(@nodes))
    add(counts, 7)
  end
end

Soak.run(String.to_integer(hd(System.argv())))
