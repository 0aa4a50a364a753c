namespace Pipeline.Documents.Tests.Hostile;

/// <summary>Damages a file as storage, networks and fuzzers do: byte flips, truncation, splices; the same for the same seed.</summary>
internal static class Mutation
{
    /// <param name="original">The sound file; not changed.</param>
    /// <param name="other">A file to splice from.</param>
    /// <param name="random">Decides everything.</param>
    public static byte[] Apply(byte[] original, byte[] other, Random random) => random.Next(6) switch
    {
        0 => Flip(original, random.Next(1, 10), random),
        1 => Flip(original, 1 + (original.Length / 50), random),
        2 => original[..random.Next(original.Length)],
        3 => Splice(original, other, random),
        4 => Repeat(original, random),
        _ => Overwrite(original, random),
    };

    private static byte[] Flip(byte[] original, int count, Random random)
    {
        var bytes = original.ToArray();
        for (var i = 0; i < count; i++)
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }

        return bytes;
    }

    private static byte[] Splice(byte[] original, byte[] other, Random random)
    {
        var at = random.Next(original.Length);
        var start = random.Next(other.Length);
        var length = random.Next(other.Length - start);
        return [.. original[..at], .. other.AsSpan(start, length), .. original[Math.Min(original.Length, at + random.Next(length + 1))..]];
    }

    /// <summary>A part comes many times: nested structures get deep, tables get long.</summary>
    private static byte[] Repeat(byte[] original, Random random)
    {
        var start = random.Next(original.Length);
        var part = original.AsSpan(start, Math.Min(random.Next(1, 200), original.Length - start));
        var bytes = new List<byte>(original[..start]);
        for (var times = random.Next(1, 2000); times > 0; times--)
        {
            bytes.AddRange(part);
        }

        bytes.AddRange(original.AsSpan(start));
        return [.. bytes];
    }

    /// <summary>Digits and lengths become large numbers, brackets go astray.</summary>
    private static byte[] Overwrite(byte[] original, Random random)
    {
        var bytes = original.ToArray();
        for (var times = random.Next(1, 20); times > 0; times--)
        {
            var at = random.Next(bytes.Length);
            var value = (byte)"0019<>[]()/\u007F"[random.Next(12)];
            bytes.AsSpan(at, Math.Min(random.Next(1, 8), bytes.Length - at)).Fill(value);
        }

        return bytes;
    }
}
