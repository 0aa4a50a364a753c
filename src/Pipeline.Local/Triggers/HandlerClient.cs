using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Local.Processes;

namespace Pipeline.Local.Triggers;

/// <summary>Calls the handler with the bodies and headers of the Functions host.</summary>
internal sealed class HandlerClient(HandlerProcess handler, string rpcBaseUrl, TimeProvider time) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json", "utf-8");

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(31) };

    /// <returns>The return value; null where the handler gave none.</returns>
    /// <exception cref="HttpRequestException">The handler could not be reached or answered with an error status.</exception>
    public async Task<JsonElement?> InvokeAsync(FunctionEntry function, JsonNode trigger, JsonObject? metadata, CancellationToken cancellation)
    {
        var data = new JsonObject { [function.TriggerName] = trigger };
        if (function.ClientBinding is { } client) data[client] = TextValue(ClientPayload());
        metadata ??= [];
        metadata["sys"] = new JsonObject
        {
            ["MethodName"] = $"Functions.{function.Name}",
            ["UtcNow"] = time.GetUtcNow().UtcDateTime.ToString("O"),
            ["RandGuid"] = Guid.NewGuid().ToString(),
        };
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["Data"] = data, ["Metadata"] = metadata }.ToJsonString());

        var address = await handler.ReadyAsync(cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, function.Name)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/json")) throw new HttpRequestException("Invalid HttpResponseMessage: the answer is no JSON.");
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellation));
        if (answer.RootElement.ValueKind != JsonValueKind.Object) throw new HttpRequestException("The handler answered without an object; on Azure the invocation would hang.");
        return answer.RootElement.TryGetProperty("ReturnValue", out var value) && value.ValueKind != JsonValueKind.Null ? value.Clone() : null;
    }

    /// <summary>How the host passes a text: as a JSON string that contains its JSON.</summary>
    public static JsonNode TextValue(string text) => JsonValue.Create(JsonValue.Create(text).ToJsonString());

    public void Dispose() => http.Dispose();

    private string ClientPayload() => new JsonObject
    {
        ["taskHubName"] = "PipelineHub",
        ["connectionName"] = null,
        ["creationUrls"] = null,
        ["managementUrls"] = null,
        ["baseUrl"] = null,
        ["requiredQueryStringParameters"] = "code=local",
        ["rpcBaseUrl"] = rpcBaseUrl,
        ["httpBaseUrl"] = null,
        ["maxGrpcMessageSizeInBytes"] = 16777216,
    }.ToJsonString();
}
