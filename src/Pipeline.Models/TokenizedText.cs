using System.Runtime.InteropServices;

namespace Pipeline.Models;

/// <summary>Where a token stands in the text it was made from, in UTF-16 code units.</summary>
/// <param name="Start">First unit.</param>
/// <param name="End">One past the last unit. A character cut over several tokens gives each of them its whole range.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenRange(int Start, int End);

/// <summary>Tokens of a text with their places in it.</summary>
/// <param name="Ids">Token ids in order.</param>
/// <param name="Ranges">As many ranges as ids; starts never decrease.</param>
public sealed record TokenizedText(IReadOnlyList<int> Ids, IReadOnlyList<TokenRange> Ranges);
