using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Inference.KvStore;

/// <summary>Whose chain it is, so that it can be listed, pinned and forgotten by name.</summary>
/// <param name="Id">Stable identity of the content, for example the SHA-256 of the file in hexadecimal.</param>
/// <param name="Name">A name for people, for example the file name.</param>
public sealed record KvDocumentIdentity(string Id, string Name)
{
    /// <summary>More UTF-16 code units than this in an id or a name are cut off.</summary>
    internal const int MaxText = 1024;

    /// <summary>The document's key: the same id in another namespace (model, tenant) is another document.</summary>
    internal KvKey KeyIn(KvKey root)
    {
        var id = Encoding.UTF8.GetBytes(Id);
        var bytes = new byte[1 + KvKey.Size + id.Length];
        bytes[0] = (byte)'D';
        root.CopyTo(bytes.AsSpan(1));
        id.CopyTo(bytes, 1 + KvKey.Size);
        return new KvKey(SHA256.HashData(bytes));
    }
}
