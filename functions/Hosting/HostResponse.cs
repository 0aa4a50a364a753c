using System.Text.Json;

namespace Pipeline.Functions.Hosting;

/// <summary>
/// What the host understands: a JSON object, never empty. An empty 2xx answer would leave the invocation hanging until the function's
/// time-out, which kills this process.
/// </summary>
internal static class HostResponse
{
    private static readonly Dictionary<string, object> None = [];

    public static Task WriteAsync(HttpContext context, object? returnValue)
        => WriteAsync(context, StatusCodes.Status200OK, new { Outputs = None, Logs = Array.Empty<string>(), ReturnValue = returnValue });

    /// <summary>The invocation failed: the host tries again. It drops this text, so it is logged as well.</summary>
    public static Task WriteErrorAsync(HttpContext context, int status, string message)
        => WriteAsync(context, status, new { Outputs = None, Logs = Array.Empty<string>(), ReturnValue = (object?)null, Error = message });

    private static async Task WriteAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), context.RequestAborted);
    }
}
