using System.Net;
using System.Net.Http.Headers;

namespace Pipeline.Models.Store;

/// <summary>Files under an HTTPS address, such as a blob container with a shared access signature: <c>BASE/name?query</c>.</summary>
internal sealed class HttpSource : IModelSource
{
    private readonly HttpClient client;
    private readonly Uri baseAddress;

    /// <exception cref="ModelStoreException">The address is not HTTPS (HTTP is taken on this machine only).</exception>
    public HttpSource(HttpClient client, Uri baseAddress)
    {
        if (!baseAddress.IsAbsoluteUri || (baseAddress.Scheme != Uri.UriSchemeHttps && !(baseAddress.Scheme == Uri.UriSchemeHttp && baseAddress.IsLoopback)))
        {
            throw new ModelStoreException($"{Shown(baseAddress)} is not an HTTPS address. Models are downloaded over HTTPS only.");
        }

        this.client = client;
        this.baseAddress = baseAddress;
    }

    /// <summary>The address for messages: without query and user, which may hold secrets.</summary>
    public static string Shown(Uri address) =>
        address.IsAbsoluteUri ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : address.OriginalString.Split('?')[0];

    public async Task<(Stream Content, long Offset)> OpenAsync(ModelFile file, long offset, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(file.Name));
        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
        }

        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{Shown(Address(file.Name))}: {e.Message}", e);
        }

        if (response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == offset)
        {
            return (await response.Content.ReadAsStreamAsync(cancellationToken), offset);
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return (await response.Content.ReadAsStreamAsync(cancellationToken), 0);
        }

        response.Dispose();
        throw Failed(file.Name, response.StatusCode, offset);
    }

    /// <summary>Reads the manifest that lies beside the files.</summary>
    public async Task<ModelManifest> ReadManifestAsync(CancellationToken cancellationToken)
    {
        var (content, _) = await OpenAsync(new ModelFile(ModelManifest.FileName, 0, ""), 0, cancellationToken);
        await using (content)
        {
            using var buffer = new MemoryStream();
            var chunk = new byte[1 << 14];
            for (int read; (read = await content.ReadAsync(chunk, cancellationToken)) > 0;)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > ModelManifest.MaximumLength)
                {
                    throw new ModelStoreException($"{Shown(Address(ModelManifest.FileName))} is longer than {ModelManifest.MaximumLength} bytes, so it is no model manifest.");
                }
            }

            return ModelManifest.Parse(buffer.ToArray(), Shown(Address(ModelManifest.FileName)));
        }
    }

    private Uri Address(string name) =>
        new UriBuilder(baseAddress) { Path = baseAddress.AbsolutePath.TrimEnd('/') + "/" + Uri.EscapeDataString(name) }.Uri;

    private Exception Failed(string name, HttpStatusCode status, long offset)
    {
        var what = $"{Shown(Address(name))} answers {(int)status} ({status})";
        return status switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new IOException(what),
            // The part that is here is not of this file: begin anew.
            HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PartialContent when offset > 0 => new InvalidPartException(what),
            HttpStatusCode.NotFound => new ModelStoreException($"{what}. Check the address; the model's files and {ModelManifest.FileName} must lie directly under it."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new ModelStoreException($"{what}. Check that the address allows reading, and that its signature has not run out."),
            _ => new ModelStoreException($"{what}. Check the address."),
        };
    }
}

/// <summary>What an interrupted try left can't be gone on with.</summary>
internal sealed class InvalidPartException(string message) : IOException(message);
