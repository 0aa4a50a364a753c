using Pipeline.Functions.Hosting;
using Pipeline.Functions.Triggers;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Functions;

/// <summary>The functions and what they need.</summary>
internal static class HandlerServices
{
    public static IServiceCollection AddHandler(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddPipelineTelemetry(configuration, "pipeline-functions");
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(WorkflowOptions.From(configuration));
        services.AddSingleton(PipelineStorage.FromConfiguration(configuration));
        services.AddSingleton<DurableClients>().AddSingleton<Rejections>().AddSingleton<AttemptFailures>().AddSingleton<ActivityRunner>().AddSingleton<UndecodablePoison>().AddSingleton<QueueGauges>();

        services.AddSingleton<IHostFunction>(s => ActivatorUtilities.CreateInstance<IntakeFunction>(s, "OnIntake"));
        services.AddSingleton<IHostFunction>(s => ActivatorUtilities.CreateInstance<IntakeFunction>(s, "OnServiceBusIntake"));
        services.AddSingleton<IHostFunction, WorkflowEventFunction>();
        services.AddSingleton<IHostFunction, OrchestratorFunction>();
        services.AddSingleton<IHostFunction, SweepFunction>();
        foreach (var activity in Activities.All) services.AddSingleton<IHostFunction>(s => new ActivityFunction(activity, s.GetRequiredService<ActivityRunner>()));
        AddPoison(services, "OnIntakePoison", StorageNames.IntakeQueue);
        AddPoison(services, "OnExtractionPoison", StorageNames.ExtractionQueue);
        AddPoison(services, "OnAnalysisPoison", StorageNames.AnalysisQueue);
        AddPoison(services, "OnWorkflowEventPoison", StorageNames.WorkflowEventsQueue);
        return services.AddSingleton<FunctionEndpoint>();
    }

    private static void AddPoison(IServiceCollection services, string name, string queue)
        => services.AddSingleton<IHostFunction>(s => new PoisonFunction(
            name, queue, s.GetRequiredService<PipelineStorage>(), s.GetRequiredService<AttemptFailures>(), s.GetRequiredService<Rejections>()));
}
