using System.Text;
using Pipeline.Local.Processes;
using Pipeline.Workflows.Storage;

[assembly: AssemblyFixture(typeof(Pipeline.Functions.Tests.HandlerFixture))]

namespace Pipeline.Functions.Tests;

/// <summary>The real handler process over an emulated storage account.</summary>
public sealed class HandlerFixture : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-functions-").FullName;
    private readonly HttpClient http = new();
    private AzuriteProcess? azurite;
    private HandlerProcess? handler;

    internal PipelineStorage Storage { get; private set; } = null!;

    internal string ConnectionString => azurite!.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteProcess.StartAsync(folder);
        Storage = PipelineStorage.FromConnectionString(azurite.ConnectionString);
        await Storage.CreateAllAsync();
        handler = new HandlerProcess(folder, new Dictionary<string, string?> { ["AzureWebJobsStorage"] = azurite.ConnectionString });
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (handler is not null) await handler.DisposeAsync();
        if (azurite is not null) await azurite.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Posts a body as the host does: chunked.</summary>
    internal async Task<HttpResponseMessage> PostAsync(string function, byte[] body)
    {
        var address = await handler!.ReadyAsync(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, function)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json", "utf-8");
        request.Headers.TransferEncodingChunked = true;
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    internal Task<HttpResponseMessage> PostAsync(string function, string body) => PostAsync(function, Encoding.UTF8.GetBytes(body));
}
