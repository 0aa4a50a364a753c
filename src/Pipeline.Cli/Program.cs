using System.CommandLine;
using Pipeline.Cli.Ask;
using Pipeline.Cli.Bench;
using Pipeline.Cli.Extract;

var root = new RootCommand("Pipeline: exact whole-document analysis.")
{
    AskCommand.Create(),
    ExtractCommand.Create(),
    BenchCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
