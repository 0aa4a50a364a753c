using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Pipeline.Local.Durable;
using Pipeline.Local.Processes;
using Pipeline.Local.Triggers;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local;

/// <summary>Plays the Functions host: triggers, the durable engine and its gRPC service around one handler process.</summary>
internal sealed class LocalHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops = [];
    private readonly List<IDisposable> owned = [];
    private readonly WebApplication grpc;
    private readonly HandlerProcess handler;

    private LocalHost(WebApplication grpc, HandlerProcess handler)
    {
        this.grpc = grpc;
        this.handler = handler;
    }

    public int HandlerProcessId => handler.ProcessId;

    public required InboxWatcher Inbox { get; init; }

    /// <param name="settings">App settings of the handler; <c>AzureFunctionsJobHost__…</c> and <c>AzureWebJobs.{function}.Disabled</c> among them are obeyed.</param>
    public static async Task<LocalHost> StartAsync(LocalOptions options, PipelineStorage storage, IReadOnlyDictionary<string, string?> settings, ILoggerFactory logs, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var database = new HistoryDatabase(Path.Combine(options.DataFolder, "workflows.db"));
        var (orchestrations, activities) = (new Wakeup(), new Wakeup());
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new TaskHubService(database, orchestrations, time));
        var grpc = builder.Build();
        grpc.MapGrpcService<TaskHubService>();
        await grpc.StartAsync(cancellation);

        var handler = new HandlerProcess(options.DataFolder, settings);
        var client = new HandlerClient(handler, grpc.Urls.First(), time);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), s.Value))).Build();
        var catalog = FunctionCatalog.Read(ProjectLayout.HandlerFolder, configuration);
        var log = logs.CreateLogger("host");
        var host = new LocalHost(grpc, handler) { Inbox = new InboxWatcher(storage, database, time, log) };
        host.owned.AddRange([client, database]);
        host.Loop(new OrchestrationWorker(database, catalog.Functions, client, orchestrations, activities, time, log).RunAsync);
        host.Loop(new ActivityWorker(database, catalog.Functions, client, activities, orchestrations, time, log).RunAsync);
        host.Loop(host.Inbox.RunAsync);
        foreach (var function in catalog.Functions)
        {
            if (function.TriggerType == "queueTrigger") host.Loop(new QueueListener(function, storage, client, catalog.Queues, log).RunAsync);
            if (function.TriggerType == "timerTrigger") host.Loop(new TimerListener(function, client, options.TimerPeriod, time, log).RunAsync);
        }

        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        foreach (var loop in loops)
        {
            try
            {
                await loop;
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }
        }

        await handler.DisposeAsync();
        await grpc.DisposeAsync();
        foreach (var item in owned) item.Dispose();
        stopping.Dispose();
    }

    private void Loop(Func<CancellationToken, Task> run) => loops.Add(Task.Run(() => run(stopping.Token)));
}
