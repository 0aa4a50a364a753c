using System.Text;

namespace Pipeline.Models.Tokenization.Reading;

/// <summary>
/// Writes an Oniguruma expression as .NET has it. They agree on what tokeniser patterns use, except for possessive quantifiers
/// (<c>X?+</c> is <c>(?&gt;X?)</c>), which .NET lacks. What means something else there is refused.
/// </summary>
internal static class OnigurumaPattern
{
    /// <exception cref="NotSupportedException">A construct that .NET would read otherwise.</exception>
    public static string ToDotNet(string pattern)
    {
        var output = new StringBuilder();
        var groupStarts = new Stack<int>();
        var atomStart = 0;
        for (var i = 0; i < pattern.Length;)
        {
            var from = output.Length;
            switch (pattern[i])
            {
                case '(':
                    groupStarts.Push(from);
                    Take(pattern, ref i, GroupOpening(pattern, i), output);
                    break;
                case ')':
                    atomStart = groupStarts.Count > 0 ? groupStarts.Pop() : from;
                    Take(pattern, ref i, 1, output);
                    break;
                case '[':
                    atomStart = from;
                    Take(pattern, ref i, ClassLength(pattern, i), output);
                    break;
                case '\\':
                    atomStart = from;
                    Take(pattern, ref i, EscapeLength(pattern, i), output);
                    break;
                case '?' or '*' or '+' or '{':
                    Take(pattern, ref i, QuantifierLength(pattern, i), output);
                    if (i < pattern.Length && pattern[i] == '+')
                    {
                        i++;
                        output.Insert(atomStart, "(?>").Append(')');
                    }
                    else if (i < pattern.Length && pattern[i] == '?')
                    {
                        Take(pattern, ref i, 1, output);
                    }

                    break;
                case '^' or '$':
                    atomStart = from;
                    output.Append(pattern[i++] == '^' ? @"(?<![^\n])" : @"(?![^\n])"); // Line ends there, text ends in .NET.
                    break;
                default:
                    atomStart = from;
                    Take(pattern, ref i, 1, output);
                    break;
            }
        }

        return output.ToString();
    }

    private static void Take(string pattern, ref int at, int length, StringBuilder output)
    {
        output.Append(pattern, at, length);
        at += length;
    }

    // "(", "(?:", "(?i:", "(?!", "(?=", "(?<=", "(?>": the part before the group's content.
    private static int GroupOpening(string pattern, int at)
    {
        if (at + 1 >= pattern.Length || pattern[at + 1] != '?')
        {
            return 1;
        }

        var end = at + 2;
        while (end < pattern.Length && pattern[end] is not (':' or '!' or '=' or '>' or ')'))
        {
            end++;
        }

        return Math.Min(end + 1, pattern.Length) - at;
    }

    private static int ClassLength(string pattern, int at)
    {
        var end = at + 1;
        while (end < pattern.Length && (pattern[end] != ']' || end == at + 1 || (end == at + 2 && pattern[at + 1] == '^')))
        {
            if (pattern[end] == '[' || (pattern[end] == '&' && pattern.AsSpan(end).StartsWith("&&")))
            {
                throw new NotSupportedException("a class within a class");
            }

            end += pattern[end] == '\\' ? EscapeLength(pattern, end) : 1;
        }

        return Math.Min(end + 1, pattern.Length) - at;
    }

    private static int EscapeLength(string pattern, int at)
    {
        if (at + 1 >= pattern.Length)
        {
            return 1;
        }

        if (pattern[at + 1] is 'h' or 'H' or 'R' or 'X' or 'K' or 'G' || pattern.AsSpan(at).StartsWith("\\x{"))
        {
            throw new NotSupportedException($"\\{pattern[at + 1]}");
        }

        var close = pattern[at + 1] is 'p' or 'P' && at + 2 < pattern.Length && pattern[at + 2] == '{' ? pattern.IndexOf('}', at) : -1;
        return close < 0 ? 2 : close + 1 - at;
    }

    private static int QuantifierLength(string pattern, int at)
    {
        var close = pattern[at] == '{' ? pattern.IndexOf('}', at) : at;
        return close < 0 ? 1 : close + 1 - at;
    }
}
