using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Local.Processes;

namespace Pipeline.Local.Tests.Harness;

/// <summary>Stands between the pipeline and its storage and lets a share of the requests fail, in ways networks and services do.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private static readonly string[] HopByHop = ["Transfer-Encoding", "Connection", "Keep-Alive", "Host"];

    private readonly WebApplication app;
    private readonly HttpClient upstream = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(100) };
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, long> requests = new(StringComparer.Ordinal);

    private FaultyProxy(WebApplication app, int seed)
    {
        this.app = app;
        random = new Random(seed);
    }

    /// <summary>Share of requests that fail, 0 to 1.</summary>
    public double FaultRate { get; set; }

    /// <summary>How long a request that times out hangs.</summary>
    public TimeSpan Hang { get; init; } = TimeSpan.FromSeconds(8);

    public long Requests => requests.Values.Sum();

    /// <summary>Requests by method and container or queue.</summary>
    public IReadOnlyDictionary<string, long> RequestsByKind => requests;

    public required int Port { get; init; }

    public static async Task<FaultyProxy> StartAsync(int target, int seed)
    {
        var port = FreePort.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, port);
            k.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new FaultyProxy(app, seed) { Port = port };
        app.Run(context => proxy.HandleAsync(context, target));
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        upstream.Dispose();
    }

    private async Task HandleAsync(HttpContext context, int target)
    {
        requests.AddOrUpdate(Kind(context.Request), 1, (_, count) => count + 1);
        var fault = Choose();
        switch (fault)
        {
            case Fault.Reset:
                context.Abort();
                return;
            case Fault.Unavailable:
                context.Response.StatusCode = 503;
                return;
            case Fault.Timeout:
                await Task.Delay(Hang, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                context.Abort();
                return;
            default:
                await ForwardAsync(context, target, loseAnswer: fault == Fault.LostAnswer);
                return;
        }
    }

    private async Task ForwardAsync(HttpContext context, int target, bool loseAnswer)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"http://127.0.0.1:{target}{context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}");
        if (context.Request.ContentLength is > 0 || context.Request.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(context.Request.Body);
        else if (context.Request.Method is "PUT" or "POST") request.Content = new ByteArrayContent([]);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        try
        {
            using var response = await upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            if (loseAnswer)
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            {
                if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase)) context.Response.Headers[name] = values.ToArray();
            }

            if (context.Request.Method != "HEAD" && response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified)) await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // The emulator restarts, or the client has gone: the client sees a broken connection.
            context.Abort();
        }
    }

    /// <summary>The path is /account/container/blob or /account/queue/messages; of blobs whose names say what they are, the last part.</summary>
    private static string Kind(HttpRequest request)
    {
        var parts = request.Path.Value!.Split('/');
        var operation = request.Query["comp"].ToString();
        if (operation.Length == 0 && parts.Length > 3 && (parts[2] is "analyses" or "documents" || parts[3] == "messages")) operation = parts[2] == "analyses" || parts[2] == "documents" ? parts[^1] : string.Join('/', parts[3..4]);
        return $"{request.Method} {string.Join('/', parts.Skip(2).Take(1))} {operation}".TrimEnd();
    }

    private Fault Choose()
    {
        lock (gate) return random.NextDouble() < FaultRate ? (Fault)random.Next((int)Fault.Reset, (int)Fault.LostAnswer + 1) : Fault.None;
    }

    private enum Fault
    {
        None,
        Reset,
        Unavailable,
        Timeout,
        LostAnswer,
    }
}
