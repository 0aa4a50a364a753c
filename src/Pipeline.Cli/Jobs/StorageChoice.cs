using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Pipeline.Cli.Doctor;
using Pipeline.Workflows;
using Pipeline.Workflows.Storage;

namespace Pipeline.Cli.Jobs;

/// <summary>Which storage account a job command talks to: the options, else the environment, else the local run of this folder, else what azd has deployed from it.</summary>
internal static class StorageChoice
{
    private const string Variable = "PIPELINE_STORAGE";

    public static Option<string?> Account { get; } = new("--account") { Description = "Name of a storage account; you are signed in with your Azure identity." };

    public static Option<string?> ConnectionString { get; } = new("--connection-string") { Description = $"Connection string of a storage account. Default: ${Variable}, else the local run of --data, else azd's deployment." };

    public static Option<string> Data { get; } = new("--data") { Description = "Data folder of a local run.", DefaultValueFactory = _ => ConnectionFile.DefaultDataFolder };

    public static void AddTo(Command command)
    {
        command.Add(Account);
        command.Add(ConnectionString);
        command.Add(Data);
    }

    /// <exception cref="CommandFailure">Nothing says which.</exception>
    public static PipelineStorage Open(ParseResult arguments)
    {
        if (arguments.GetValue(Account) is { } account)
        {
            return PipelineStorage.FromConfiguration(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Storage:accountName", (string?)account)]).Build(), "Storage");
        }

        var connectionString = arguments.GetValue(ConnectionString) ?? Environment.GetEnvironmentVariable(Variable) ?? ConnectionFile.Find(arguments.GetValue(Data)!);
        if (connectionString is not null)
        {
            return PipelineStorage.FromConnectionString(connectionString);
        }

        var deployed = AzdEnvironment.Read(Environment.CurrentDirectory);
        return deployed.GetSection(PipelineStorage.ConnectionName).Exists()
            ? PipelineStorage.FromConfiguration(deployed, PipelineStorage.ConnectionName)
            : throw new CommandFailure($"No storage account is known: start the local run or deploy with azd in this folder, or name an account with --account, --connection-string or ${Variable}.");
    }
}
