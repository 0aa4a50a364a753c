using Grpc.Core;
using Grpc.Net.Client;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Durable;

/// <summary>The extension's own gRPC service: starts, signals, lists and removes workflow instances.</summary>
public sealed class DurableClient : IDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);
    private const int PageSize = 100;

    private readonly GrpcChannel channel;
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient service;
    private readonly TimeProvider time;

    /// <param name="address">The <c>rpcBaseUrl</c> of a durableClient binding.</param>
    public DurableClient(Uri address, TimeProvider? time = null)
    {
        channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { MaxReceiveMessageSize = 64 * 1024 * 1024 });
        service = new TaskHubSidecarService.TaskHubSidecarServiceClient(channel);
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Starts the instance unless one of that id was ever started.</summary>
    /// <remarks>The extension refuses an id only while it runs and silently runs a finished one again; so it is asked first.</remarks>
    /// <returns>False if there was one.</returns>
    public async Task<bool> StartOnceAsync(string instanceId, string name, string input, CancellationToken cancellation = default)
    {
        InstanceIds.Check(instanceId);
        if (await GetAsync(instanceId, cancellation) is not null) return false;
        try
        {
            await service.StartInstanceAsync(new CreateInstanceRequest { InstanceId = instanceId, Name = name, Input = input, Version = "" }, Options(cancellation));
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            return false;
        }
    }

    public async Task<OrchestrationState?> GetAsync(string instanceId, CancellationToken cancellation = default)
    {
        // Without "inputs and outputs" the extension leaves out the custom status too.
        var response = await service.GetInstanceAsync(new GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = true }, Options(cancellation));
        return response.Exists ? response.OrchestrationState : null;
    }

    /// <returns>False if the instance does not exist or has ended: then nobody waits for the event.</returns>
    public async Task<bool> RaiseEventAsync(string instanceId, string name, string? payload, CancellationToken cancellation = default)
    {
        try
        {
            await service.RaiseEventAsync(new RaiseEventRequest { InstanceId = instanceId, Name = name, Input = payload }, Options(cancellation));
            return true;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    public async IAsyncEnumerable<OrchestrationState> ListAsync(
        IReadOnlyCollection<OrchestrationStatus> states, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? continuation = null;
        do
        {
            var query = new InstanceQuery { MaxInstanceCount = PageSize, ContinuationToken = continuation, FetchInputsAndOutputs = true };
            query.RuntimeStatus.AddRange(states);
            var page = await service.QueryInstancesAsync(new QueryInstancesRequest { Query = query }, Options(cancellation));
            foreach (var state in page.OrchestrationState) yield return state;
            continuation = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(continuation));
    }

    /// <returns>False if the storage behind the extension can't rewind, or the instance has not failed.</returns>
    public async Task<bool> RewindAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        try
        {
            await service.RewindInstanceAsync(new RewindInstanceRequest { InstanceId = instanceId, Reason = reason }, Options(cancellation));
            return true;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unimplemented or StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            return false;
        }
    }

    public async Task TerminateAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        try
        {
            await service.TerminateInstanceAsync(new TerminateRequest { InstanceId = instanceId, Output = System.Text.Json.JsonSerializer.Serialize(reason) }, Options(cancellation));
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            // Gone or ended already.
        }
    }

    public async Task<int> PurgeAsync(string instanceId, CancellationToken cancellation = default)
    {
        var response = await service.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = instanceId }, Options(cancellation));
        return response.DeletedInstanceCount;
    }

    public void Dispose() => channel.Dispose();

    private CallOptions Options(CancellationToken cancellation)
        => new(deadline: time.GetUtcNow().UtcDateTime + CallLimit, cancellationToken: cancellation);
}
