using System.Net;
using Pipeline.Documents;
using Pipeline.Worker;
using Pipeline.Worker.Analyze;
using Pipeline.Worker.Extract;
using Pipeline.Worker.Models;
using Pipeline.Worker.Queues;
using Pipeline.Workflows;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

var builder = WebApplication.CreateSlimBuilder();
builder.Configuration.AddCommandLine([.. args.Where(a => a != "--self-test")], new Dictionary<string, string>(StringComparer.Ordinal)
{
    ["--roles"] = "Worker:Roles",
    ["--idle-exit"] = "Worker:IdleExitSeconds",
    ["--models"] = "Worker:ModelsFolder",
});
WorkerOptions options;
PipelineStorage storage;
try
{
    options = WorkerOptions.From(builder.Configuration);
    if (args.Contains("--self-test")) return await SelfTest.RunAsync(options, builder.Configuration["Pipeline:DefaultModel"]);
    storage = PipelineStorage.FromConfiguration(builder.Configuration);
}
catch (Exception e) when (e is System.ComponentModel.DataAnnotations.ValidationException or InvalidOperationException or FormatException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

builder.WebHost.ConfigureKestrel(k => k.Listen(options.HealthPort == 0 ? IPAddress.Loopback : IPAddress.Any, options.HealthPort));
builder.Logging.ClearProviders().AddSimpleConsole(o => o.SingleLine = true);
var services = builder.Services;
services.AddPipelineTelemetry(builder.Configuration, "pipeline-worker");
// Time for the chunk in work to end and for messages to be given back.
services.Configure<HostOptions>(h => h.ShutdownTimeout = TimeSpan.FromMinutes(5));
services.AddSingleton(TimeProvider.System).AddSingleton(options).AddSingleton(storage);
services.AddSingleton<StatusStore>().AddSingleton<RemoteModels>().AddSingleton<ModelCatalog>().AddSingleton<WorkProcessor>();
services.AddSingleton<IdleWatch>().AddHostedService(s => s.GetRequiredService<IdleWatch>());
if (options.Has("extract"))
{
    services.AddSingleton(new DocumentExtractor(options.Extraction()));
    services.AddSingleton<ITextExtraction, DocumentTextExtraction>().AddSingleton<ExtractionWork>();
    for (var i = 0; i < options.ExtractConcurrency; i++) AddLoop<ExtractionWork>(StorageNames.ExtractionQueue);
}

if (options.Has("analyze"))
{
    services.AddSingleton<CacheKeeping>().AddSingleton<EngineHolder>().AddSingleton<IDocumentAnswering, EngineAnswering>().AddSingleton<AnalysisWork>();
    // One document at a time: reading one uses the whole machine.
    AddLoop<AnalysisWork>(StorageNames.AnalysisQueue);
}

var app = builder.Build();
// The model is loaded with the first document, so neither waits for it.
app.MapGet("/health", () => "alive");
app.MapGet("/ready", () => "ready");
ParentWatch.ExitWithParent(app.Lifetime);
await app.RunAsync();
return 0;

void AddLoop<TWork>(string queue)
    where TWork : IWork
    => services.AddSingleton<IHostedService>(s => ActivatorUtilities.CreateInstance<RoleLoop>(
        s, ActivatorUtilities.CreateInstance<WorkQueue>(s, queue), s.GetRequiredService<TWork>()));
