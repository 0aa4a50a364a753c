using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Models.Tests.Store;

/// <summary>How a <see cref="FileServer"/> misbehaves on one request.</summary>
internal enum Fault
{
    None,

    /// <summary>Answers 503.</summary>
    Unavailable,

    /// <summary>Cuts the connection in the middle of the content.</summary>
    Cut,

    /// <summary>Sends the headers and then nothing.</summary>
    Stall,

    /// <summary>Sends everything although a range was asked for.</summary>
    IgnoreRange,

    /// <summary>Answers 416 to a range.</summary>
    RefuseRange,

    /// <summary>Sends one changed byte.</summary>
    Damage,

    /// <summary>Answers 403.</summary>
    Forbidden,

    /// <summary>Sends more than the file.</summary>
    TooLong,
}

/// <summary>Serves files over HTTP on this machine, with ranges, and with faults in the order they are asked for.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string folder;
    private readonly Task loop;

    public FileServer(string folder)
    {
        this.folder = folder;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/models/tiny?sig=secret");
        }

        listener.Prefixes.Add(Address.GetLeftPart(UriPartial.Authority) + "/");
        listener.Start();
        loop = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>For the next requests of the graph's data, one after another.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    /// <summary>File and range of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        // A GetContextAsync that meets Close may never complete, so the loop does not wait for it alone.
        stopping.SetResult();
        listener.Close();
        await loop;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                var next = listener.GetContextAsync();
                if (await Task.WhenAny(next, stopping.Task) == stopping.Task)
                {
                    return;
                }

                context = await next;
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context.Request, context.Response);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                context.Response.Abort();
            }
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        var name = Path.GetFileName(request.Url!.LocalPath);
        var range = request.Headers["Range"] ?? "";
        Requests.Enqueue($"{name} {range}".TrimEnd() + (request.Url.Query == "?sig=secret" ? "" : " without signature"));
        var path = Path.Combine(folder, name);
        var fault = name == "model.onnx.data" && Faults.TryDequeue(out var queued) ? queued : Fault.None;
        if (!File.Exists(path) || fault is Fault.Unavailable or Fault.Forbidden or Fault.RefuseRange)
        {
            response.StatusCode = fault switch { Fault.Unavailable => 503, Fault.Forbidden => 403, Fault.RefuseRange => 416, _ => 404 };
            response.Close();
            return;
        }

        var content = await File.ReadAllBytesAsync(path);
        var start = 0;
        if (range.Length > 0 && fault != Fault.IgnoreRange)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            response.StatusCode = 206;
            response.AddHeader("Content-Range", $"bytes {start}-{content.Length - 1}/{content.Length}");
        }

        content[start] ^= (byte)(fault == Fault.Damage ? 1 : 0);
        content = fault == Fault.TooLong ? [.. content, 1] : content;
        response.ContentLength64 = content.Length - start;
        var end = fault switch { Fault.Cut => start + ((content.Length - start) / 2), Fault.Stall => start + 1000, _ => content.Length };
        await response.OutputStream.WriteAsync(content.AsMemory(start, end - start));
        if (fault == Fault.Stall)
        {
            await response.OutputStream.FlushAsync();
            return; // Left open: the client must give up by itself.
        }

        if (fault == Fault.Cut)
        {
            await response.OutputStream.FlushAsync();
            response.Abort();
        }
        else
        {
            response.Close();
        }
    }
}
