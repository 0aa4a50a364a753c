using System.Globalization;
using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>
/// What <c>strftime_now</c> gives: always 26 July 2024, the date that Llama's templates name where they know none. With today's date the
/// tokens of every document, and so its cache, would be void tomorrow.
/// </summary>
internal static class FixedDate
{
    private static readonly DateTime Date = new(2024, 7, 26, 0, 0, 0, DateTimeKind.Unspecified);

    public static string Format(string format, int line)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            var directive = ++i < format.Length ? format[i] : ' ';
            text.Append(directive switch
            {
                'Y' => Part("yyyy"),
                'y' => Part("yy"),
                'm' => Part("MM"),
                'B' => Part("MMMM"),
                'b' => Part("MMM"),
                'd' => Part("dd"),
                'A' => Part("dddd"),
                'a' => Part("ddd"),
                'H' => Part("HH"),
                'I' => Part("hh"),
                'M' => Part("mm"),
                'S' => Part("ss"),
                'p' => Part("tt"),
                '%' => "%",
                _ => throw new JinjaException(line, $"'%{directive}' in a date is not known"),
            });
        }

        return text.ToString();
    }

    private static string Part(string format) => Date.ToString(format, CultureInfo.InvariantCulture);
}
