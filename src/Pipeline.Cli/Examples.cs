using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Pipeline.Cli;

/// <summary>Examples of a command: shown by its own --help, not in the list of all commands.</summary>
internal static class Examples
{
    private static readonly ConditionalWeakTable<Command, string[]> Known = [];

    /// <summary>Adds examples to a command.</summary>
    internal static Command WithExamples(this Command command, params string[] lines)
    {
        Known.Add(command, lines);
        return command;
    }

    /// <summary>Makes --help show them.</summary>
    internal static RootCommand ShowExamples(this RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        // Whatever else was wrong on the line, who asks for help gets help.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = inner.Invoke(parseResult);
            if (Known.TryGetValue(parseResult.CommandResult.Command, out string[]? lines))
            {
                Console.WriteLine("Examples:");
                foreach (string line in lines)
                {
                    Console.WriteLine($"  {line}");
                }

                Console.WriteLine();
            }

            return code;
        }
    }
}
