using Pipeline.Functions.Hosting;
using Pipeline.Workflows.Analysis;

namespace Pipeline.Functions.Triggers;

/// <summary>An activity of the workflow. Returns its envelope as a text, which the host passes on untouched.</summary>
internal sealed class ActivityFunction(string name, ActivityRunner runner) : IHostFunction
{
    /// <summary>Well below the host's functionTimeout, which would kill this process and everything running in it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    public string Name => name;

    public async Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        return await runner.RunAsync(name, request.Value("input").GetRawText(), limit.Token);
    }
}
