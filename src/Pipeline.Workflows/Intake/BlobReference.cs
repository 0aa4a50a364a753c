using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Intake;

/// <summary>A document's blob, in one of the containers a message may name.</summary>
public sealed record BlobReference(string Container, string Path)
{
    private const int MaxPathLength = 1024;

    /// <summary>Reads <c>container/path</c>, or a URL under <paramref name="blobEndpoint"/>.</summary>
    /// <exception cref="PermanentProblemException">Another account or container, or a path that is none.</exception>
    public static BlobReference Parse(string text, Uri blobEndpoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(blobEndpoint);
        var path = text.Contains("://", StringComparison.Ordinal) ? PathInAccount(text, blobEndpoint) : text;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0) throw Refuse($"'{Shown(text)}' is not of the form container/path.");

        var reference = new BlobReference(path[..slash], path[(slash + 1)..]);
        if (!StorageNames.DocumentSources.Contains(reference.Container, StringComparer.Ordinal))
        {
            throw Refuse($"Documents are taken from the containers {string.Join(" and ", StorageNames.DocumentSources)}, not from '{Shown(reference.Container)}'.");
        }

        if (reference.Path.Length is 0 or > MaxPathLength
            || reference.Path.Any(c => char.IsControl(c) || c is '\\' or '?' or '#')
            || reference.Path.Split('/').Any(segment => segment is "" or "." or ".."))
        {
            throw Refuse($"'{Shown(text)}' is not a blob's path: no empty, '.' or '..' parts, no control characters, none of \\ ? #, at most {MaxPathLength:N0} characters.");
        }

        return reference;
    }

    public override string ToString() => $"{Container}/{Path}";

    private static string PathInAccount(string text, Uri blobEndpoint)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) throw Refuse($"'{Shown(text)}' is not a URL.");
        var root = blobEndpoint.AbsolutePath.TrimEnd('/') + "/";
        // Azure's own events name the public endpoint, which may differ from a private one in port only locally.
        if (!string.Equals(uri.Host, blobEndpoint.Host, StringComparison.OrdinalIgnoreCase) || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
        {
            throw Refuse($"'{Shown(text)}' is not in this storage account ({blobEndpoint.Host}).");
        }

        // Uri has already resolved '..' by now, so the text is looked at as it came.
        if (text.Contains("..", StringComparison.Ordinal) || text.Contains("%2e", StringComparison.OrdinalIgnoreCase)) throw Refuse($"'{Shown(text)}' has '..' in its path.");
        if (!uri.AbsolutePath.StartsWith(root, StringComparison.Ordinal)) throw Refuse($"'{Shown(text)}' is not in this storage account ({blobEndpoint}).");
        return Uri.UnescapeDataString(uri.AbsolutePath[root.Length..]);
    }

    private static string Shown(string text) => text.Length <= 200 ? text : text[..200] + "…";

    private static PermanentProblemException Refuse(string detail) => new(ProblemTypes.ForeignBlob, detail);
}
