using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Run;

/// <summary>All documents known, with their newest state; only those not at their end are read again.</summary>
internal sealed class DocumentTable(PipelineStorage storage)
{
    private const string RejectedPrefix = "rejected/";
    private readonly SortedDictionary<string, DocumentRow> rows = new(StringComparer.Ordinal);
    private readonly StatusStore statuses = new(storage, TimeProvider.System);
    private HashSet<string> expected = [];

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
            if (!row.IsFinal) await ReadAsync(row, blob.Name, cancellation);
        }
    }

    private async Task ReadAsync(DocumentRow row, string name, CancellationToken cancellation)
    {
        row.Request = await BlobJson.ReadAsync<RequestRecord>(storage.Requests, name, cancellation);
        if (row.Request?.AnalysisId is { } analysisId) row.Status = await statuses.ReadAsync(analysisId, cancellation);
    }
}

internal sealed class DocumentRow
{
    public RequestRecord? Request { get; set; }

    public AnalysisStatus? Status { get; set; }

    public string? ReportFile { get; set; }

    public string Name => Request?.Message.Blob ?? "";

    public string State => Request?.State == RequestState.Rejected ? nameof(RequestState.Rejected) : Status?.State.ToString() ?? "Received";

    public Problem? Error => Request?.Error ?? Status?.Error;

    public bool IsFinal => Request?.State == RequestState.Rejected || Status?.IsFinal == true;

    public bool Succeeded => Request?.State != RequestState.Rejected && Status?.State == AnalysisState.Succeeded;
}
