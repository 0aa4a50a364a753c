using System.Text.Json;

namespace Pipeline.Infrastructure.Tests.Images;

/// <summary>
/// What -p:Accelerator=cuda publishes. A small project imports the worker's own targets and versions, and restores from stand-in
/// packages only: the real ones are needed by nothing but the image.
/// </summary>
public sealed class AcceleratorTests : IDisposable
{
    private const string GpuVersion = "1.31.1";
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-accelerator-").FullName;
    private readonly StandInFeed feed;

    public AcceleratorTests()
    {
        feed = new StandInFeed(Path.Combine(folder, "feed"));
        feed.Add(
            "Microsoft.ML.OnnxRuntimeGenAI.Cuda", "0.18.0", $"""<dependency id="Microsoft.ML.OnnxRuntime.Gpu" version="{GpuVersion}" />""",
            "runtimes/linux-x64/native/libonnxruntime-genai.so", "runtimes/linux-x64/native/libonnxruntime-genai-cuda.so", "runtimes/win-x64/native/onnxruntime-genai.dll", "runtimes/win-x64/native/onnxruntime-genai-cuda.dll",
            "build/net8.0/Microsoft.ML.OnnxRuntimeGenAI.Cuda.targets");
        feed.Add(
            "Microsoft.ML.OnnxRuntime.Gpu", GpuVersion, null,
            "runtimes/linux-x64/native/libonnxruntime.so", "runtimes/linux-x64/native/libonnxruntime_providers_cuda.so", "runtimes/linux-x64/native/libonnxruntime_providers_shared.so",
            "runtimes/win-x64/native/onnxruntime.dll", "runtimes/win-x64/native/onnxruntime.lib", "runtimes/win-x64/native/onnxruntime_providers_cuda.dll", "build/net8.0/Microsoft.ML.OnnxRuntime.Gpu.targets");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_gpu_output_holds_one_onnx_runtime_and_nothing_of_windows()
    {
        var (run, output) = await PublishAsync("");
        Assert.True(run.ExitCode == 0, run.All);
        var natives = Directory.GetFiles(output, "*onnxruntime*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(output, f)).Order(StringComparer.Ordinal);
        Assert.Equal(["libonnxruntime-genai-cuda.so", "libonnxruntime-genai.so", "libonnxruntime.so", "libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"], natives);
    }

    [Fact]
    public async Task A_second_onnx_runtime_stops_the_build_and_is_named()
    {
        var (run, _) = await PublishAsync("""<Content Include="second/libonnxruntime.so.1" CopyToPublishDirectory="PreserveNewest" />""");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("exactly one libonnxruntime, and holds 2", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_build_names_no_package_of_the_gpu_build()
    {
        using var assets = JsonDocument.Parse(SourceTree.Read("src", "Pipeline.Worker", "obj", "project.assets.json"));
        var restored = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(l => l.Name.Split('/')[0]).Where(n => n.Contains("OnnxRuntime", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(["Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Managed"], restored.Order(StringComparer.Ordinal));
    }

    private async Task<(ProgramRun Run, string Output)> PublishAsync(string items)
    {
        Directory.CreateDirectory(Path.Combine(folder, "second"));
        await File.WriteAllTextAsync(Path.Combine(folder, "second", "libonnxruntime.so.1"), "second");
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), "System.Console.WriteLine();");
        await File.WriteAllTextAsync(Path.Combine(folder, "Directory.Build.props"), "<Project />");
        File.Copy(SourceTree.Path("Directory.Packages.props"), Path.Combine(folder, "Directory.Packages.props"), overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"<configuration><packageSources><clear /><add key=\"stand-in\" value=\"{feed.Folder}\" /></packageSources></configuration>");
        await File.WriteAllTextAsync(Path.Combine(folder, "Stand.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><UseAppHost>false</UseAppHost><SelfContained>false</SelfContained>
                <EnableDefaultContentItems>false</EnableDefaultContentItems><NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>{Path.Combine(folder, "packages")}</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>{items}</ItemGroup>
              <Import Project="{SourceTree.Path("src", "Pipeline.Worker", "Accelerator.targets")}" />
            </Project>
            """);
        var output = Path.Combine(folder, "out");
        var run = await ProgramRun.OfAsync(
            "dotnet", ["publish", "Stand.csproj", "-c", "Release", "-r", "linux-x64", "-p:Accelerator=cuda", "-o", output, "-v", "q", "-nologo", "--disable-build-servers"], folder);
        return (run, output);
    }
}
