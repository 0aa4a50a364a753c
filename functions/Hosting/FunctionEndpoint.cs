using System.Text.Json;

namespace Pipeline.Functions.Hosting;

/// <summary>Answers every POST of the host with a JSON object, whatever was sent and whatever happens.</summary>
internal sealed partial class FunctionEndpoint(IEnumerable<IHostFunction> functions, ILogger<FunctionEndpoint> log)
{
    private readonly Dictionary<string, IHostFunction> byName = functions.ToDictionary(f => f.Name, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<string> Names => byName.Keys;

    public async Task InvokeAsync(HttpContext context)
    {
        var name = context.Request.Path.Value?.Trim('/') ?? "";
        if (!byName.TryGetValue(name, out var function))
        {
            await HostResponse.WriteErrorAsync(context, StatusCodes.Status404NotFound, "There is no such function.");
            return;
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var result = await function.InvokeAsync(HostRequest.Read(body.RootElement), context.RequestAborted);
            await HostResponse.WriteAsync(context, result);
        }
        catch (JsonException e)
        {
            Unreadable(name, e.Message);
            await HostResponse.WriteErrorAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            Failed(e, name);
            await HostResponse.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, $"{e.GetType().Name}: {e.Message}");
        }
    }

    [LoggerMessage(LogLevel.Error, "{Function} failed; the host will try again")]
    private partial void Failed(Exception error, string function);

    [LoggerMessage(LogLevel.Error, "{Function}: the host's request can't be read: {Reason}")]
    private partial void Unreadable(string function, string reason);
}
