# Reads terms that Swift has written, and says how Elixir prints them: `elixir inspect.exs IN OUT`, files as for
# terms.escript. It also reads Elixir's text back, as a check of itself.
defmodule Chunks do
  def read(<<size::32, chunk::binary-size(size), rest::binary>>), do: [chunk | read(rest)]
  def read(<<>>), do: []
  def write(bytes), do: [<<byte_size(bytes)::32>>, bytes]
end

[input, output] = System.argv()

texts =
  for bytes <- Chunks.read(File.read!(input)) do
    Chunks.write(
      inspect(:erlang.binary_to_term(bytes),
        limit: :infinity,
        printable_limit: :infinity,
        charlists: :as_lists,
        structs: false,
        width: :infinity
      )
    )
  end

File.write!(output, texts)
