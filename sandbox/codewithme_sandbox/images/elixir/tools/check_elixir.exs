# The compile stage of Elixir: is the file's grammar right? Shows the error as `elixir` itself would.
[name] = System.argv()

try do
  name |> File.read!() |> Code.string_to_quoted!(file: name)
rescue
  error ->
    IO.puts(:stderr, Exception.format_banner(:error, error))
    System.halt(1)
end
