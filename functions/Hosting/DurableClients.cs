using System.Text.Json;
using Grpc.Core;
using Pipeline.Workflows.Durable;

namespace Pipeline.Functions.Hosting;

/// <summary>
/// The client at the address that a durableClient binding names. It changes when the job host restarts, so each invocation says it;
/// an address that does not answer is forgotten.
/// </summary>
internal sealed class DurableClients(TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private DurableClient? client;
    private string? address;

    /// <exception cref="InvalidOperationException">The binding is missing or names no address.</exception>
    public async Task<T> UseAsync<T>(HostRequest request, Func<DurableClient, Task<T>> call)
    {
        try
        {
            return await call(Get(request.Value("client")));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
        {
            Forget();
            throw;
        }
    }

    public void Dispose() => Forget();

    private DurableClient Get(JsonElement binding)
    {
        var named = binding.ValueKind == JsonValueKind.Object && binding.TryGetProperty("rpcBaseUrl", out var value) ? value.GetString() : null;
        if (!Uri.TryCreate(named, UriKind.Absolute, out var uri))
        {
            throw new InvalidOperationException("The durableClient binding names no gRPC address. FUNCTIONS_WORKER_RUNTIME must be 'custom', and the extension bundle 4.36 or newer.");
        }

        lock (gate)
        {
            if (client is null || !string.Equals(address, named, StringComparison.Ordinal))
            {
                // The old one may be in use by another invocation: it is left to the garbage collector.
                client = new DurableClient(uri, time);
                address = named;
            }

            return client;
        }
    }

    private void Forget()
    {
        lock (gate)
        {
            client = null;
            address = null;
        }
    }
}
