using System.CommandLine;
using Pipeline.Cli.Bench;
using Pipeline.Cli.Extract;

var root = new RootCommand("Pipeline: exact whole-document analysis.") { BenchCommand.Create(), ExtractCommand.Create() };
return await root.Parse(args).InvokeAsync();
