namespace Pipeline.Functions.Hosting;

/// <summary>A function of the app. Its name is that of its folder.</summary>
internal interface IHostFunction
{
    string Name { get; }

    /// <returns>The invocation's return value; null for none.</returns>
    /// <exception cref="Exception">Anything thrown fails the invocation, and the host tries again.</exception>
    Task<object?> InvokeAsync(HostRequest request, CancellationToken cancellation);
}
