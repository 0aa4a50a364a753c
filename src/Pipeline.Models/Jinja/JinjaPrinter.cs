using System.Globalization;
using System.Text;

namespace Pipeline.Models.Jinja;

/// <summary>Writes values as Python's <c>repr</c> and <c>json.dumps</c> do.</summary>
internal sealed class JinjaPrinter
{
    private readonly StringBuilder text = new();
    private readonly JinjaRun run;
    private readonly bool json;
    private readonly int? indent;

    private JinjaPrinter(JinjaRun run, bool json, int? indent) => (this.run, this.json, this.indent) = (run, json, indent);

    public static string Python(JinjaRun run, object? value) => new JinjaPrinter(run, json: false, indent: null).Print(value);

    /// <param name="indent">Blanks per level; null writes one line.</param>
    public static string Json(JinjaRun run, object? value, int? indent) => new JinjaPrinter(run, json: true, indent).Print(value);

    private string Print(object? value)
    {
        Write(value, 0);
        return text.ToString();
    }

    private void Write(object? value, int level)
    {
        run.Charge(1, run.Line);
        if (level > JinjaLimits.Depth || text.Length > JinjaLimits.Length)
        {
            throw new JinjaException(run.Line, "a list or map has too much in it to be printed or compared");
        }

        switch (value)
        {
            case null:
                text.Append(json ? "null" : "None");
                break;
            case bool flag:
                text.Append((json, flag) switch { (true, true) => "true", (true, false) => "false", (false, true) => "True", _ => "False" });
                break;
            case long number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                var digits = number.ToString("R", CultureInfo.InvariantCulture);
                text.Append(digits).Append(digits.All(digit => digit == '-' || char.IsAsciiDigit(digit)) ? ".0" : "");
                break;
            case string content:
                run.Use(content, run.Line);
                Quote(content, json || (content.Contains('\'') && !content.Contains('"')) ? '"' : '\'');
                break;
            case List<object?> list:
                WriteAll(list.Select(item => ((string?)null, item)), '[', ']', level);
                break;
            case JinjaMap map:
                WriteAll(map.Select(entry => ((string?)entry.Key, entry.Value)), '{', '}', level);
                break;
            default:
                text.Append(json ? "null" : "<" + JinjaValue.TypeName(value) + ">");
                break;
        }
    }

    private void WriteAll(IEnumerable<(string? Key, object? Value)> items, char open, char close, int level)
    {
        text.Append(open);
        var first = true;
        foreach (var (key, value) in items)
        {
            text.Append(first ? "" : indent is null ? ", " : ",");
            NewLine(level + 1);
            first = false;
            if (key is not null)
            {
                Write(key, level + 1);
                text.Append(": ");
            }

            Write(value, level + 1);
        }

        if (!first)
        {
            NewLine(level);
        }

        text.Append(close);
    }

    private void NewLine(int level)
    {
        if (indent is { } width)
        {
            text.Append('\n').Append(' ', width * level);
        }
    }

    private void Quote(string content, char quote)
    {
        text.Append(quote);
        foreach (var unit in content)
        {
            text.Append(unit switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when unit == quote => "\\" + quote,
                < ' ' => (json ? "\\u00" : "\\x") + ((int)unit).ToString("x2", CultureInfo.InvariantCulture),
                _ => unit.ToString(),
            });
        }

        text.Append(quote);
    }
}
