using System.Globalization;

namespace Pipeline.Models.Unicode;

/// <summary>
/// Decompositions, compositions and combining classes of the Unicode Character Database. The runtime's own normalisation needs ICU, which
/// the invariant mode this program runs in goes without (it then returns its input as it is).
/// </summary>
internal sealed class NormalizationData
{
    private static readonly Lazy<NormalizationData> Shared = new(Load);
    private readonly Dictionary<int, int[]> canonical = [];
    private readonly Dictionary<int, int[]> compatibility = [];
    private readonly Dictionary<(int First, int Second), int> compositions = [];
    private readonly Dictionary<int, byte> classes = [];
    private readonly HashSet<int> seconds = [];

    public static NormalizationData Instance => Shared.Value;

    /// <summary>One step of decomposition; null where there is none.</summary>
    public int[]? Decomposition(int codePoint, bool compatible) =>
        canonical.TryGetValue(codePoint, out var points) || (compatible && compatibility.TryGetValue(codePoint, out points)) ? points : null;

    /// <summary>The code point that two compose to; -1 where there is none.</summary>
    public int Composition(int first, int second) => compositions.GetValueOrDefault((first, second), -1);

    /// <summary>0 for starters.</summary>
    public int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : classes.GetValueOrDefault(codePoint);

    /// <summary>True where the code point can compose with one before it.</summary>
    public bool ComposesBackward(int codePoint) => seconds.Contains(codePoint);

    private static NormalizationData Load()
    {
        var data = new NormalizationData();
        using var stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("normalization.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                data.Add(line[0], line[2..].Split(' '));
            }
        }

        return data;
    }

    private void Add(char kind, string[] fields)
    {
        var codePoint = Hex(fields[0]);
        if (kind == 'N')
        {
            for (var last = Hex(fields[1]); codePoint <= last; codePoint++)
            {
                classes[codePoint] = byte.Parse(fields[2], CultureInfo.InvariantCulture);
            }

            return;
        }

        var points = Array.ConvertAll(fields[1..], Hex);
        (kind == 'K' ? compatibility : canonical)[codePoint] = points;
        if (kind == 'C' && points.Length == 2)
        {
            compositions[(points[0], points[1])] = codePoint;
            seconds.Add(points[1]);
        }
    }

    private static int Hex(string field) => int.Parse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
