using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pipeline.Models;
using Spectre.Console;

namespace Pipeline.Cli.Models;

/// <summary><c>pipeline model list|show|add</c>: the models of this machine.</summary>
internal static class ModelCommand
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };
    private static readonly Argument<string?> Shown = new("model") { Description = "Folder, or name in the model store. Default: the model that comes with the project.", DefaultValueFactory = _ => null };
    private static readonly Option<int> Tokens = new("--tokens") { Description = "Document length to compute memory for; the model's context by default." };
    private static readonly Argument<string> Source = new("source") { Description = "A model folder, or an HTTPS address that its files and model-manifest.json lie under (a blob container works, with its signature)." };
    private static readonly Option<string?> Name = new("--name") { Description = "Name in the store." };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Take the place of a model of that name." };

    /// <summary>The command with its subcommands.</summary>
    internal static Command Create()
    {
        var list = new Command("list", $"Lists the model store ({ModelStore.DefaultRoot}; PIPELINE_MODELS names another).") { Json };
        list.SetAction((arguments, _) => RunAsync(() => Task.FromResult(List(arguments))));
        var show = new Command("show", "Shows a model: architecture, context, KV bytes per token, memory for a length, engines that run it.") { Shown, Tokens, Json };
        show.SetAction((arguments, _) => RunAsync(() => Task.FromResult(Show(arguments))));
        var add = new Command("add", "Copies or downloads a model into the store: every file checked by SHA-256, resumable, there whole or not at all.") { Source, Name, Replace };
        add.SetAction((arguments, cancellation) => RunAsync(() => AddAsync(arguments, cancellation)));
        return new Command("model", "The models of this machine.") { list, show, add };
    }

    private static Task<int> RunAsync(Func<Task<int>> body) => CommandAction.RunAsync(async () =>
    {
        try
        {
            return await body();
        }
        catch (ModelStoreException e)
        {
            throw new CommandFailure(e.Message);
        }
    });

    private static int List(ParseResult arguments)
    {
        using var client = new HttpClient();
        IReadOnlyList<StoredModel> models = new ModelStore(ModelStore.DefaultRoot, client).List();
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(models.Select(m => new { m.Name, m.Path, m.Bytes, m.Folder?.Config.Type, m.Folder?.Config.ContextLength, m.Problem }), JsonOptions));
            return ExitCode.Success;
        }

        if (models.Count == 0)
        {
            Console.WriteLine($"No models in {ModelStore.DefaultRoot}. Add one with: pipeline model add FOLDER");
            return ExitCode.Success;
        }

        var table = new Table().AddColumns("model", "architecture", "context", "size", "problem");
        foreach (StoredModel model in models)
        {
            table.AddRow(
                Markup.Escape(model.Name), Markup.Escape(model.Folder?.Config.Type ?? "-"), model.Folder?.Config.ContextLength.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                Size(model.Bytes), Markup.Escape(model.Problem ?? string.Empty));
        }

        AnsiConsole.Write(table);
        return ExitCode.Success;
    }

    private static int Show(ParseResult arguments)
    {
        string? wanted = arguments.GetValue(Shown);
        ModelFolder folder = wanted is null || Directory.Exists(wanted) ? ModelLocation.Open(wanted) : OpenStored(wanted);
        ModelFacts facts = ModelFacts.Read(folder, arguments.GetValue(Tokens));
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(facts, JsonOptions));
            return ExitCode.Success;
        }

        var table = new Table().HideHeaders().AddColumns("fact", "value");
        table.AddRow("model", Markup.Escape(facts.Model));
        table.AddRow("architecture", Markup.Escape($"{facts.Architecture}: {facts.Layers} layers, {facts.QueryHeads} query heads over {facts.KvHeads} KV heads of {facts.HeadSize}"));
        table.AddRow("context", $"{facts.ContextTokens:N0} tokens");
        table.AddRow("weights", Size(facts.WeightBytes));
        table.AddRow("KV cache", $"{facts.KvBytesPerToken:N0} bytes a token");
        table.AddRow("memory", $"{Size(facts.MemoryBytes)} for {facts.Tokens:N0} tokens (weights and KV cache)");
        table.AddRow("engines", Markup.Escape(facts.Refused is null ? "native, ort, genai" : $"native: no. {facts.Refused}"));
        AnsiConsole.Write(table);
        return ExitCode.Success;
    }

    private static ModelFolder OpenStored(string name)
    {
        using var client = new HttpClient();
        return new ModelStore(ModelStore.DefaultRoot, client).Open(name);
    }

    private static async Task<int> AddAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string source = arguments.GetRequiredValue(Source);
        using var client = new HttpClient();
        var store = new ModelStore(ModelStore.DefaultRoot, client);
        long shown = -1;
        var progress = new Progress<ModelTransferProgress>(p =>
        {
            long percent = p.BytesTotal == 0 ? 100 : p.BytesDone * 100 / p.BytesTotal;
            if (Interlocked.Exchange(ref shown, percent) != percent)
            {
                Console.Error.Write($"\r{percent,3} % of {Size(p.BytesTotal)}");
            }
        });
        ModelFolder added = Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http"
            ? await store.DownloadAsync(address, arguments.GetValue(Name), manifest: null, arguments.GetValue(Replace), progress, cancellation)
            : await store.AddFolderAsync(source, arguments.GetValue(Name), arguments.GetValue(Replace), progress, cancellation);
        await Console.Error.WriteLineAsync();
        Console.WriteLine($"{added.Name} is in {store.Root}. Use it with: --model \"{added.Path}\"");
        return ExitCode.Success;
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (double)(1L << 30):F1} GiB",
        >= 1L << 20 => $"{bytes / (double)(1L << 20):F1} MiB",
        _ => $"{bytes:N0} bytes",
    };
}
