# An Elixir node beside a Swift node:
#
#     elixir --sname elixir@localhost --cookie two Examples/TwoNodes/two_nodes.exs
defmodule Stock do
  use GenServer

  def init(things), do: {:ok, things}

  def handle_call({:take, thing, count}, _from, things) do
    case Map.get(things, thing, 0) - count do
      left when left >= 0 -> {:reply, {:ok, left}, Map.put(things, thing, left)}
      _ -> {:reply, :empty, things}
    end
  end
end

defmodule TwoNodes do
  def step(text, found, expected) do
    IO.puts("#{if found == expected, do: "ok  ", else: "FAIL"} #{text} => #{inspect(found)}")
    found == expected
  end

  def eventually(ask, tries \\ 100) do
    case ask.() do
      nil when tries > 0 ->
        Process.sleep(20)
        eventually(ask, tries - 1)

      found ->
        found
    end
  end
end

n = :swift@localhost
{:ok, stock} = GenServer.start(Stock, %{"tea" => 3}, name: :stock)

results = [
  TwoNodes.step("ping", Node.ping(n), :pong),
  TwoNodes.step("the price of tea", GenServer.call({:prices, n}, {:price, "tea"}), 5),
  TwoNodes.step("a price that nobody knows", GenServer.call({:prices, n}, {:price, "gold"}), nil),
  TwoNodes.step("another price", GenServer.cast({:prices, n}, {:set_price, "tea", 6}), :ok),
  TwoNodes.step("all prices", GenServer.call({:prices, n}, :all), %{"coffee" => 7, "tea" => 6}),
  TwoNodes.step("swift buys", GenServer.call({:buyer, n}, {:buy, "tea", 2}), "bought 2 tea, 1 are left"),
  TwoNodes.step("swift buys too much", GenServer.call({:buyer, n}, {:buy, "tea", 2}), "no tea is left"),
  TwoNodes.step("the stock ends", Process.exit(stock, :kill), true),
  TwoNodes.step("swift hears of it", TwoNodes.eventually(fn -> GenServer.call({:buyer, n}, :last_end) end), "killed")
]

System.halt(if Enum.all?(results), do: 0, else: 1)
