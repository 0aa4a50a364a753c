using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Pipeline.Local.Processes;

namespace Pipeline.Functions.Tests;

/// <summary>
/// What <c>azd</c> would upload, started as the Functions host starts it: from its folder, by the name in host.json, on the port of an
/// environment variable, ready when it answers GET; given the bodies the host sends; killed without warning and started again.
/// </summary>
public sealed class PublishedHandlerTests(HandlerFixture fixture)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);

    private static readonly (string Function, string Fixture)[] Bodies =
    [
        ("OnIntake", "functions/queue-json-object.json"), ("OnIntake", "functions/queue-plain-text.json"), ("OnIntake", "functions/queue-json-clashing-names.json"),
        ("OnIntake", "functions/queue-binary-datatype.json"), ("OnIntake", "functions/eventgrid-object.json"), ("OnIntake", "functions/eventgrid-string.json"),
        ("OnServiceBusIntake", "functions/servicebus-single.json"), ("OnServiceBusIntake", "functions/servicebus-batch.json"), ("Sweep", "functions/timer.json"),
        ("AnalyzeDocument", "durable/host-orchestrator-request.json"), ("CheckWork", "durable/host-activity-object-input.json"), ("CheckWork", "durable/host-activity-null-input.json"),
    ];

    [Fact]
    public async Task The_published_folder_starts_answers_and_starts_again_after_a_kill()
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-published-").FullName;
        // Without a runtime of its own, which would be downloaded here.
        await PublishAsync(folder, "--no-build", "-p:OwnRuntime=false");
        await StartTwiceAsync(folder);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_package_for_azure_brings_its_runtime_and_starts_where_there_is_none()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") is { Length: > 0 } && OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "downloads a runtime for Linux x64: set PIPELINE_LONG_TESTS=1");
        var folder = Directory.CreateTempSubdirectory("pipeline-published-").FullName;
        await PublishAsync(folder);
        Assert.True(File.Exists(Path.Combine(folder, "System.Private.CoreLib.dll")));
        await StartTwiceAsync(folder, ("DOTNET_ROOT", "/nowhere"), ("PATH", "/nowhere"));
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartTwiceAsync(string folder, params (string Name, string Value)[] environment)
    {
        for (var start = 0; start < 2; start++)
        {
            var (handler, address) = await StartAsync(folder, environment);
            using (handler)
            {
                foreach (var (function, body) in Bodies) await PostAsync(address, function, body);
                // As the host ends it: no chance to clean up.
                handler.Kill();
                await handler.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task PublishAsync(string folder, params string[] options)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(ProjectLayout.Root, "functions"), "-c", configuration, .. options, "-v", "q", "-o", folder]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(publish.ExitCode == 0, output);
    }

    private async Task<(Process Handler, Uri Address)> StartAsync(string folder, (string Name, string Value)[] environment)
    {
        using var host = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json"), TestContext.Current.CancellationToken));
        var executable = host.RootElement.GetProperty("customHandler").GetProperty("description").GetProperty("defaultExecutablePath").GetString()!;
        var port = FreePort.Take();
        var start = new ProcessStartInfo(Path.Combine(folder, OperatingSystem.IsWindows() ? executable + ".exe" : executable)) { WorkingDirectory = folder, UseShellExecute = false };
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "custom";
        start.Environment["DataStorage"] = fixture.ConnectionString;
        // Inherited from the host, and must not open the handler to the network.
        start.Environment["ASPNETCORE_URLS"] = "http://0.0.0.0:1";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var handler = Process.Start(start)!;
        var address = new Uri($"http://127.0.0.1:{port}/");
        using var http = new HttpClient();
        var started = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(handler.HasExited, "The handler ended while it started.");
            Assert.True(started.Elapsed < ReadyLimit, "The handler did not answer within the host's limit.");
            try
            {
                using var response = await http.GetAsync(address, TestContext.Current.CancellationToken);
                return (handler, address);
            }
            catch (HttpRequestException e) when (e.InnerException is SocketException)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }
    }

    private static async Task PostAsync(Uri address, string function, string body)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", body), TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, function)) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new("application/json", "utf-8");
        request.Headers.TransferEncodingChunked = true;
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(JsonValueKind.Object, answer.RootElement.ValueKind);
    }
}
