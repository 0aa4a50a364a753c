using Pipeline.Cli.Doctor;

namespace Pipeline.Cli.Tests.Doctor;

public sealed class AzdEnvironmentTests
{
    [Fact]
    public void Values_of_the_default_environment_are_read()
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-azd-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, ".azure", "test"));
        File.WriteAllText(Path.Combine(folder, ".azure", "config.json"), """{"version":1,"defaultEnvironment":"test"}""");
        File.WriteAllText(Path.Combine(folder, ".azure", "test", ".env"), "AZURE_LOCATION=\"westeurope\"\n# note\nDataStorage__accountName=\"stdata1\"\nPIPELINE_DEFAULT_MODEL=\"m\"\n");
        var deployment = Deployment.Open(folder);
        Assert.Equal("https://stdata1.blob.core.windows.net/", deployment.Storage.BlobEndpoint.ToString());
        Assert.Equal("m", deployment.Model);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Without_a_deployment_the_way_out_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-azd-").FullName;
        Assert.Contains("azd up", Assert.Throws<CommandFailure>(() => Deployment.Open(folder)).Message, StringComparison.Ordinal);
        Directory.Delete(folder);
    }
}
