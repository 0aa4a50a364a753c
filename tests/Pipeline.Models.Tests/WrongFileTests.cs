using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.Models.Tests;

/// <summary>A model folder comes from anybody: whatever its files hold, opening it works or ends in a message.</summary>
public sealed class WrongFileTests : IDisposable
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? 3_000 : 100;
    private readonly TemporaryFolder temporary = new();

    public static TheoryData<string, string> Files => new()
    {
        { "llama", "tokenizer.json" },
        { "llama2", "tokenizer.json" },
        { "metaspace", "tokenizer.json" },
        { "qwen2", "tokenizer.json" },
        { "llama", "genai_config.json" },
        { "llama", "tokenizer_config.json" },
        { "llama", "chat_template.jinja" },
    };

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Changed_bytes_end_in_a_message(string style, string file)
    {
        var (folder, path) = Prepare(style, file);
        var content = File.ReadAllBytes(path);
        var random = new Random(1);
        Span<byte> replacements = "\"{}[],:\\0-9.etfn \x00ÿ<%|'"u8.ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var changed = content.ToArray();
            // Most of a tokeniser is its vocabulary; the parts around it decide more.
            var start = random.Next(2) == 0 ? 0 : Math.Max(0, content.Length - 2500);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                changed[random.Next(start, Math.Min(content.Length, start + 2500))] = replacements[random.Next(replacements.Length)];
            }

            File.WriteAllBytes(path, changed);
            OpensOrSays(folder, () => Encoding.UTF8.GetString(changed));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Changed_values_end_in_a_message(string style, string file)
    {
        var (folder, path) = Prepare(style, file);
        if (!path.EndsWith(".json", StringComparison.Ordinal))
        {
            return;
        }

        var content = File.ReadAllText(path);
        var random = new Random(2);
        string[] replacements = ["null", "1", "-1", "99999999999", "1e300", "\"x\"", "\"\"", "\"HALF\"", "[]", "[[]]", "{}", "{\"type\": \"Sequence\"}", "true", "\"a b\""];
        for (var round = 0; round < Rounds; round++)
        {
            var root = JsonNode.Parse(content)!;
            Replace(root, random, replacements[random.Next(replacements.Length)]);
            var changed = root.ToJsonString().Replace("HALF", "\\ud800", StringComparison.Ordinal);
            File.WriteAllText(path, changed);
            OpensOrSays(folder, () => changed);
        }
    }

    private (string Folder, string Path) Prepare(string style, string file)
    {
        var folder = temporary.Copy(Repository.TinyModel("llama"), "m");
        if (style != "llama")
        {
            File.Copy(Path.Combine(Repository.TestModels, "tokenizers", style, "tokenizer.json"), Path.Combine(folder, "tokenizer.json"), overwrite: true);
        }

        return (folder, Path.Combine(folder, file));
    }

    private static void OpensOrSays(string folder, Func<string> content)
    {
        try
        {
            var prompt = ModelFolder.Open(folder).LoadPrompt();
            var document = prompt.EncodeDocument("The rent \u00e9\u0301 is 12 \ud83d\ude00 <|im_end|> due.");
            prompt.Tokenizer.Decode(document.Tokens);
            prompt.EncodeQuestion("When?");
        }
        catch (ModelFolderException e)
        {
            Assert.NotEmpty(e.Message);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{e}\n{content()}");
        }
    }

    private static void Replace(JsonNode root, Random random, string replacement)
    {
        var node = root;
        for (var depth = random.Next(1, 6); depth > 0; depth--)
        {
            var children = node switch
            {
                JsonObject map => map.Select(entry => (Key: (object)entry.Key, entry.Value)).ToList(),
                JsonArray list => list.Select((value, i) => (Key: (object)i, Value: value)).ToList(),
                _ => [],
            };
            if (children.Count == 0)
            {
                return;
            }

            var (key, child) = children[random.Next(children.Count)];
            if (depth == 1 || child is null or JsonValue)
            {
                var value = JsonNode.Parse(replacement);
                if (node is JsonObject map)
                {
                    map[(string)key] = value;
                }
                else
                {
                    node.AsArray()[(int)key] = value;
                }

                return;
            }

            node = child;
        }
    }
}
