using System.CommandLine;
using Pipeline.Cli;
using Pipeline.Cli.Ask;
using Pipeline.Cli.Bench;
using Pipeline.Cli.Doctor;
using Pipeline.Cli.Evidence;
using Pipeline.Cli.Extract;
using Pipeline.Cli.Jobs;
using Pipeline.Cli.Kv;
using Pipeline.Cli.Models;

var root = new RootCommand("Pipeline: exact whole-document analysis.")
{
    AskCommand.Create(),
    ExtractCommand.Create(),
    KvCommand.Create(),
    ModelCommand.Create(),
    VerifyCommand.Create(),
    TokenizeCommand.Create(),
    EvaluateCommand.Create(),
    CalibrateCommand.Create(),
    BenchCommand.Create(),
    SubmitCommand.Create(),
    DeleteCommand.Create(),
    DoctorCommand.Create(),
    SeedCommand.Create(),
};
foreach (var command in FollowCommands.Create()) root.Add(command);
return await root.ShowExamples().Parse(args).InvokeAsync();
