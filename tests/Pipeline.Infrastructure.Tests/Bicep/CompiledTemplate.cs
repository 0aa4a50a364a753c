using System.Reflection;
using System.Text.Json;

[assembly: AssemblyFixture(typeof(Pipeline.Infrastructure.Tests.Bicep.CompiledTemplate))]

namespace Pipeline.Infrastructure.Tests.Bicep;

/// <summary>What the Bicep compiler makes of infra/main.bicep.</summary>
public sealed class CompiledTemplate : IAsyncLifetime
{
    private static readonly string Compiler = typeof(CompiledTemplate).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "BicepCompiler").Value!;
    private JsonDocument? document;

    public JsonElement Root => document!.RootElement;

    /// <summary>What the compiler said; empty where it has nothing to complain of.</summary>
    internal string Remarks { get; private set; } = "";

    internal string Text { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        // Built for Linux; elsewhere the tests that need it are skipped.
        if (!OperatingSystem.IsLinux()) return;
        var run = await RunAsync("build", SourceTree.Path("infra", "main.bicep"), "--stdout");
        Assert.True(run.ExitCode == 0, run.All);
        (Text, Remarks) = (run.Output, run.Errors);
        document = JsonDocument.Parse(Text);
    }

    public ValueTask DisposeAsync()
    {
        document?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static Task<ProgramRun> RunAsync(params string[] arguments)
        => ProgramRun.OfAsync(Compiler, arguments, null, [("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")]);

    /// <summary>A module of resources.bicep by the name it deploys under.</summary>
    internal JsonElement Module(string name) => Modules(Root).First(m => m.Name == name).Template;

    /// <summary>Values that a module is given.</summary>
    internal JsonElement Arguments(string name) => Modules(Root).First(m => m.Name == name).Arguments;

    /// <summary>Every resource of a type, in all modules.</summary>
    internal IEnumerable<JsonElement> Resources(string type)
        => Modules(Root).Select(m => m.Template).Prepend(Root).SelectMany(Resources).Where(r => r.TryGetProperty("type", out var t) && t.GetString() == type);

    internal static IEnumerable<JsonElement> Resources(JsonElement template)
    {
        var resources = template.GetProperty("resources");
        return resources.ValueKind == JsonValueKind.Array ? resources.EnumerateArray() : resources.EnumerateObject().Select(r => r.Value);
    }

    /// <summary>The file that a module has loaded with loadJsonContent and that holds the member.</summary>
    internal static JsonElement Loaded(JsonElement template, string member)
        => template.GetProperty("variables").EnumerateObject().Where(v => v.Name.StartsWith('$')).Select(v => v.Value).First(v => v.TryGetProperty(member, out _));

    private static IEnumerable<(string Name, JsonElement Template, JsonElement Arguments)> Modules(JsonElement template)
    {
        foreach (var deployment in Resources(template).Where(r => r.GetProperty("type").GetString() == "Microsoft.Resources/deployments"))
        {
            var properties = deployment.GetProperty("properties");
            var inner = properties.GetProperty("template");
            yield return (deployment.GetProperty("name").GetString()!, inner, properties.TryGetProperty("parameters", out var arguments) ? arguments : default);
            foreach (var module in Modules(inner)) yield return module;
        }
    }
}
