using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Pipeline.Workflows.Durable;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Local.Durable;

/// <summary>The extension's gRPC service over the local history, with its status codes. What the app does not call is Unimplemented.</summary>
internal sealed class TaskHubService(HistoryDatabase database, Wakeup orchestrations, TimeProvider time) : TaskHubSidecarService.TaskHubSidecarServiceBase
{
    public override Task<Empty> Hello(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context)
    {
        if (!InstanceIds.IsValid(request.InstanceId)) throw new RpcException(new Status(StatusCode.InvalidArgument, "The instance id is not valid."));
        var now = time.GetUtcNow();
        database.Write(s =>
        {
            if (HistoryDatabase.Find(s, request.InstanceId) is { } existing)
            {
                if (existing.IsRunning) throw new RpcException(new Status(StatusCode.AlreadyExists, $"An instance {request.InstanceId} exists."));
                // As the extension: a finished instance is silently replaced.
                HistoryDatabase.Forget(s, request.InstanceId);
            }

            var execution = Guid.NewGuid().ToString("N");
            var started = Events.Message(now);
            started.ExecutionStarted = new ExecutionStartedEvent
            {
                Name = request.Name,
                Version = request.Version ?? "",
                Input = request.Input,
                OrchestrationInstance = new OrchestrationInstance { InstanceId = request.InstanceId, ExecutionId = execution },
            };
            s.Execute(
                "INSERT INTO instances VALUES ($p0, $p1, $p2, $p3, $p4, NULL, NULL, $p5, $p5)",
                request.InstanceId, request.Name, execution, (int)OrchestrationStatus.Pending, request.Input, now.ToUnixTimeMilliseconds());
            HistoryDatabase.Enqueue(s, request.InstanceId, started, now.ToUnixTimeMilliseconds());
        });
        orchestrations.Set();
        return Task.FromResult(new CreateInstanceResponse { InstanceId = request.InstanceId });
    }

    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context)
    {
        var row = database.Find(request.InstanceId);
        return Task.FromResult(row is null ? new GetInstanceResponse() : new GetInstanceResponse { Exists = true, OrchestrationState = State(row, request.GetInputsAndOutputs) });
    }

    public override Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext context)
    {
        var raised = Events.Message(time.GetUtcNow());
        raised.EventRaised = new EventRaisedEvent { Name = request.Name, Input = request.Input };
        Post(request.InstanceId, raised);
        return Task.FromResult(new RaiseEventResponse());
    }

    public override Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext context)
    {
        var terminated = Events.Message(time.GetUtcNow());
        terminated.ExecutionTerminated = new ExecutionTerminatedEvent { Input = request.Output };
        Post(request.InstanceId, terminated);
        return Task.FromResult(new TerminateResponse());
    }

    /// <summary>The failure is taken out of the history and the instance replays from there, as Azure Storage rewinds.</summary>
    public override Task<RewindInstanceResponse> RewindInstance(RewindInstanceRequest request, ServerCallContext context)
    {
        database.Write(s =>
        {
            var instance = HistoryDatabase.Find(s, request.InstanceId) ?? throw NotFound(request.InstanceId);
            if (instance.Status != OrchestrationStatus.Failed) throw new RpcException(new Status(StatusCode.FailedPrecondition, "Only a failed instance can be rewound."));
            var kept = HistoryDatabase.History(s, request.InstanceId).Where(e => e.ExecutionCompleted is null).ToList();
            s.Execute("DELETE FROM history WHERE instance = $p0", request.InstanceId);
            HistoryDatabase.Append(s, request.InstanceId, kept);
            HistoryDatabase.SetStatus(s, request.InstanceId, OrchestrationStatus.Running, null, instance.Custom, time.GetUtcNow().ToUnixTimeMilliseconds());
            var rewound = Events.Message(time.GetUtcNow());
            rewound.ExecutionRewound = new ExecutionRewoundEvent { Reason = request.Reason };
            HistoryDatabase.Enqueue(s, request.InstanceId, rewound, time.GetUtcNow().ToUnixTimeMilliseconds());
        });
        orchestrations.Set();
        return Task.FromResult(new RewindInstanceResponse());
    }

    public override Task<QueryInstancesResponse> QueryInstances(QueryInstancesRequest request, ServerCallContext context)
    {
        var query = request.Query;
        var size = query.MaxInstanceCount is > 0 and <= 1000 ? query.MaxInstanceCount : 100;
        var states = query.RuntimeStatus.Count == 0 ? "" : $"AND status IN ({string.Join(',', query.RuntimeStatus.Select(s => (int)s))})";
        var rows = database.Read(s => s.Query(
            $"SELECT id, name, execution, status, input, output, custom, created, updated FROM instances WHERE id > $p0 {states} ORDER BY id LIMIT {size}",
            InstanceRow.From,
            query.ContinuationToken ?? ""));
        var response = new QueryInstancesResponse { ContinuationToken = rows.Count == size ? rows[^1].Id : null };
        response.OrchestrationState.AddRange(rows.Select(r => State(r, query.FetchInputsAndOutputs)));
        return Task.FromResult(response);
    }

    public override Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext context)
    {
        var count = 0;
        database.Write(s =>
        {
            if (HistoryDatabase.Find(s, request.InstanceId) is null) return;
            HistoryDatabase.Forget(s, request.InstanceId);
            count = 1;
        });
        return Task.FromResult(new PurgeInstancesResponse { DeletedInstanceCount = count, IsComplete = true });
    }

    private void Post(string instanceId, HistoryEvent message)
    {
        database.Write(s =>
        {
            var instance = HistoryDatabase.Find(s, instanceId) ?? throw NotFound(instanceId);
            if (!instance.IsRunning) throw new RpcException(new Status(StatusCode.FailedPrecondition, $"The instance {instanceId} is not running."));
            HistoryDatabase.Enqueue(s, instanceId, message, time.GetUtcNow().ToUnixTimeMilliseconds());
        });
        orchestrations.Set();
    }

    private static RpcException NotFound(string instanceId) => new(new Status(StatusCode.NotFound, $"There is no instance {instanceId}."));

    private static OrchestrationState State(InstanceRow row, bool contents) => new()
    {
        InstanceId = row.Id,
        Name = row.Name,
        OrchestrationStatus = row.Status,
        CreatedTimestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(row.Created)),
        LastUpdatedTimestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(row.Updated)),
        Input = contents ? row.Input : null,
        Output = contents ? row.Output : null,
        CustomStatus = contents ? row.Custom : null,
    };
}
