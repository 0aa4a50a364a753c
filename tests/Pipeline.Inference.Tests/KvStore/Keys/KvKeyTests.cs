using System.Security.Cryptography;
using Pipeline.Inference.KvStore;

namespace Pipeline.Inference.Tests.KvStore.Keys;

public sealed class KvKeyTests
{
    [Fact]
    public void A_blocks_key_is_the_sha256_of_its_parent_and_tokens()
    {
        var parent = new KvKey(SHA256.HashData("parent"u8));
        byte[] bytes = [(byte)'B', .. SHA256.HashData("parent"u8), 2, 0, 0, 0, 1, 0, 0, 0, 0x00, 0x01, 0, 0];

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), KvKey.OfBlock(parent, [1, 256]).ToString());
    }

    [Fact]
    public void Every_part_of_a_namespace_changes_the_root()
    {
        var space = FakeBlocks.Space();
        KvNamespace[] others =
        [
            space with { ModelFingerprint = "x" },
            space with { NumericsClass = "x" },
            space with { RopeRegime = "x" },
            space with { TenantSalt = new byte[1] },
            space with { TenantSalt = new byte[2] },
            space with { Layout = space.Layout with { BlockTokens = 16 } },
            space with { Layout = space.Layout with { LayerBytes = [640, 64] } },
            space with { Layout = space.Layout with { Description = "x" } },
            // The same characters in other parts.
            space with { ModelFingerprint = space.ModelFingerprint + space.NumericsClass, NumericsClass = "" },
        ];

        var roots = others.Append(space).Select(each => each.ComputeRoot()).ToList();

        Assert.Equal(roots.Count, roots.Distinct().Count());
        Assert.Equal(space.ComputeRoot(), (space with { ModelName = "another name for it" }).ComputeRoot());
    }
}
