using System.CommandLine;
using Pipeline.Cli.Bench;

var root = new RootCommand("Pipeline: exact whole-document analysis.") { BenchCommand.Create() };
return await root.Parse(args).InvokeAsync();
