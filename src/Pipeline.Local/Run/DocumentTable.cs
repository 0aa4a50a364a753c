using Azure;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Run;

/// <summary>
/// All documents known, with their newest state. Only what may have changed is read: a request when its version is another, and of the
/// statuses those in work, the ones next in line, and in turn a few of the others, so that 500 waiting documents cost no more than ten.
/// </summary>
internal sealed class DocumentTable(PipelineStorage storage)
{
    private const string RejectedPrefix = "rejected/";
    private const int FirstInLine = 8;
    private const int InTurn = 4;
    private readonly SortedDictionary<string, DocumentRow> rows = new(StringComparer.Ordinal);
    private readonly StatusStore statuses = new(storage, TimeProvider.System);
    private HashSet<string> expected = [];
    private int looks;

    public IReadOnlyCollection<DocumentRow> Rows => rows.Values;

    /// <summary>Every blob of the inbox has a request, and every request is at its end.</summary>
    public bool AllDone => expected.All(rows.ContainsKey) && rows.Values.All(r => r.IsFinal);

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        expected = new(StringComparer.Ordinal);
        await foreach (var blob in storage.Container(StorageNames.InboxContainer).GetBlobsAsync(cancellationToken: cancellation))
        {
            expected.Add(Identity.Instance(new IntakeMessage($"{StorageNames.InboxContainer}/{blob.Name}", blob.Properties.ETag.ToString()!.Trim('"'))));
        }

        await foreach (var blob in storage.Requests.GetBlobsAsync(cancellationToken: cancellation))
        {
            if (blob.Name.StartsWith(RejectedPrefix, StringComparison.Ordinal)) continue;
            var id = Path.GetFileNameWithoutExtension(blob.Name);
            if (!rows.TryGetValue(id, out var row)) rows.Add(id, row = new DocumentRow());
            if (row.Version == blob.Properties.ETag) continue;
            row.Request = await BlobJson.ReadAsync<RequestRecord>(storage.Requests, blob.Name, cancellation);
            row.Version = blob.Properties.ETag;
        }

        looks++;
        foreach (var row in Chosen())
        {
            row.Status = await statuses.ReadAsync(row.Request!.AnalysisId!, cancellation);
            row.LookedAt = looks;
        }
    }

    private List<DocumentRow> Chosen()
    {
        var open = rows.Values.Where(r => !r.IsFinal && r.Request?.AnalysisId is not null).ToList();
        return
        [
            .. open.OrderByDescending(r => r.IsInWork).ThenBy(r => r.Request!.ReceivedAt).Take(open.Count(r => r.IsInWork) + FirstInLine)
                .Union(open.OrderBy(r => r.LookedAt).Take(InTurn)),
        ];
    }
}

internal sealed class DocumentRow
{
    public RequestRecord? Request { get; set; }

    /// <summary>Of the request.</summary>
    public ETag? Version { get; set; }

    public AnalysisStatus? Status { get; set; }

    /// <summary>Number of the look that read the status.</summary>
    public int LookedAt { get; set; }

    public string? ReportFile { get; set; }

    public string Name => Request?.Message.Blob ?? "";

    public string State => Request?.State == RequestState.Rejected ? nameof(RequestState.Rejected) : Status?.State.ToString() ?? "Received";

    public Problem? Error => Request?.Error ?? Status?.Error;

    public bool IsFinal => Request?.State == RequestState.Rejected || Status?.IsFinal == true;

    /// <summary>A worker is at it.</summary>
    public bool IsInWork => Status is { IsFinal: false, Heartbeat: not null };

    public bool Succeeded => Request?.State != RequestState.Rejected && Status?.State == AnalysisState.Succeeded;
}
