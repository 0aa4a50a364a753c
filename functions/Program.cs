using System.Globalization;
using System.Net;
using Pipeline.Functions;
using Pipeline.Functions.Hosting;
using Pipeline.Workflows;

// The host names the port; bound in code, since inherited settings must not open this to the network.
var port = int.Parse(Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT") ?? "0", CultureInfo.InvariantCulture);

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, port);
    // A workflow's whole history arrives in one body; a refused one would fail the instance for good.
    kestrel.Limits.MaxRequestBodySize = null;
});
builder.Logging.ClearProviders().AddSimpleConsole(o => o.SingleLine = true);
builder.Services.AddHandler(builder.Configuration);

var app = builder.Build();
var endpoint = app.Services.GetRequiredService<FunctionEndpoint>();
app.MapGet("/", () => "ready");
app.MapPost("/{**function}", endpoint.InvokeAsync);
ParentWatch.ExitWithParent(app.Lifetime);
await app.RunAsync();

// 0 would mean "done" to the host, which then would not start the handler again.
return 1;
