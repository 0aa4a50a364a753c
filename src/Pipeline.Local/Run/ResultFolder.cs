using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Run;

/// <summary>Copies results and reports to where people find them.</summary>
internal sealed class ResultFolder(PipelineStorage storage, string folder)
{
    /// <returns>The report's path; the empty text if the document has none.</returns>
    public async Task<string> SaveAsync(DocumentRow row, CancellationToken cancellation)
    {
        if (row.Request?.AnalysisId is not { } analysisId) return "";
        Directory.CreateDirectory(folder);
        // The last part of the name is enough for people; the id keeps two of the same name apart.
        var name = $"{Path.GetFileName(row.Name)}.{analysisId[^6..]}";
        var report = Path.Combine(folder, name + ".html");
        try
        {
            await storage.Analyses.GetBlobClient(AnalysisBlobs.Result(analysisId)).DownloadToAsync(Path.Combine(folder, name + ".json"), cancellation);
            await storage.Analyses.GetBlobClient(AnalysisBlobs.Report(analysisId)).DownloadToAsync(report, cancellation);
            return report;
        }
        catch (Azure.RequestFailedException e) when (e.Status == 404)
        {
            return "";
        }
    }
}
