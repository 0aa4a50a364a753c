namespace Pipeline.Models.Jinja;

/// <summary>
/// A template in the part of Jinja that chat templates use, rendered as Hugging Face transformers does (trim_blocks and lstrip_blocks on).
/// What is not known is refused by name and line; what a template can use is bounded (<see cref="JinjaLimits"/>).
/// </summary>
internal sealed class JinjaTemplate
{
    private readonly JinjaStatement body;

    private JinjaTemplate(JinjaStatement body) => this.body = body;

    /// <exception cref="JinjaException">The template is wrong; the message says where.</exception>
    public static JinjaTemplate Parse(string template) => new(JinjaParser.Parse(template));

    /// <exception cref="JinjaException">Rendering fails, is refused by the template itself, or goes over a limit.</exception>
    public string Render(JinjaMap variables)
    {
        var run = new JinjaRun();
        var scope = new JinjaScope(run, outer: null);
        scope.Set("range", (JinjaFunction)Range);
        scope.Set("namespace", (JinjaFunction)((_, arguments, line) => new JinjaNamespace(ToMap(arguments, line))));
        scope.Set("dict", (JinjaFunction)((_, arguments, line) => ToMap(arguments, line)));
        scope.Set("raise_exception", (JinjaFunction)((_, arguments, line) =>
            throw new JinjaException(line, $"the template refuses: {JinjaValue.ToText(run, arguments.Get(0, "message", ""))}")));
        scope.Set("strftime_now", (JinjaFunction)((_, arguments, line) => FixedDate.Format(JinjaValue.ToStringValue(arguments.Get(0, "format"), line), line)));
        foreach (var (name, value) in variables)
        {
            scope.Set(name, value);
        }

        var output = new JinjaOutput(run);
        body.Execute(scope, output);
        return output.ToString();
    }

    private static JinjaMap ToMap(JinjaArguments arguments, int line)
    {
        var map = new JinjaMap();
        if (arguments.Positional is [JinjaMap other])
        {
            foreach (var (name, value) in other)
            {
                map[name] = value;
            }
        }
        else if (arguments.Positional.Count > 0)
        {
            throw new JinjaException(line, "'namespace' and 'dict' take named values");
        }

        foreach (var (name, value) in arguments.Named)
        {
            map[name] = value;
        }

        return map;
    }

    private static List<object?> Range(JinjaRun run, JinjaArguments arguments, int line)
    {
        var bounds = arguments.Positional.Select(bound => JinjaValue.ToInteger(bound, line)).ToArray();
        var (start, stop, step) = bounds.Length switch
        {
            1 => (0, bounds[0], 1),
            2 => (bounds[0], bounds[1], 1),
            3 when bounds[2] != 0 => (bounds[0], bounds[1], bounds[2]),
            _ => throw new JinjaException(line, "'range' takes one to three numbers, the step not 0"),
        };
        var count = Math.Max(0, Math.Ceiling(((double)stop - start) / step));
        run.Length(count > JinjaLimits.Length ? long.MaxValue : (long)count, line);
        return [.. Enumerable.Range(0, (int)count).Select(i => (object?)(start + (i * step)))];
    }
}
