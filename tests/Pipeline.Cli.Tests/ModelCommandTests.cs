using System.Text.Json;

namespace Pipeline.Cli.Tests;

public sealed class ModelCommandTests
{
    [Fact]
    public async Task Verify_prints_what_programs_read()
    {
        CommandOutput run = await CommandLine.RunAsync("verify", "--model", CommandLine.Tiny("gemma3-text"), "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("gemma3-text", result.GetProperty("model").GetString());
        Assert.Equal(3, result.GetProperty("cases").GetInt32());
        Assert.InRange(result.GetProperty("maxDifference").GetDouble(), 0, 1e-3);
        Assert.Equal(1, result.GetProperty("argMaxAgreement").GetDouble());
        Assert.True(result.GetProperty("greedyEqual").GetBoolean());
        Assert.True(result.GetProperty("passed").GetBoolean());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("refused").ValueKind);
    }

    [Fact]
    public async Task Verify_without_an_oracle_compares_with_both_paths_of_the_uncut_graph()
    {
        CommandOutput run = await CommandLine.RunAsync("verify", "--model", CommandLine.Tiny("phi3"), "--uncut", "--json");
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Equal(2, JsonDocument.Parse(run.Output).RootElement.GetProperty("cases").GetInt32());
    }

    [Fact]
    public async Task Tokenize_compares_id_for_id()
    {
        string cases = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(CommandLine.Tiny("x")))!, "tokenizer-cases.json");
        CommandOutput run = await CommandLine.RunAsync("tokenize", "--model", CommandLine.Tiny("llama"), "--cases", cases);
        Assert.Equal((0, "tiny: 147 of 147 cases equal.\n"), (run.ExitCode, run.Output.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task Show_tells_memory_for_a_length()
    {
        CommandOutput run = await CommandLine.RunAsync("model", "show", CommandLine.Tiny("llama"), "--tokens", "100", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement facts = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(512, facts.GetProperty("contextTokens").GetInt32());
        Assert.Equal(512, facts.GetProperty("kvBytesPerToken").GetInt32()); // 2 layers x 2 heads x 16 floats x (key + value) x 4 bytes
        Assert.Equal(facts.GetProperty("weightBytes").GetInt64() + 51_200, facts.GetProperty("memoryBytes").GetInt64());
    }
}
