namespace Pipeline.Local.Tests.Harness;

/// <summary>Every end-to-end test starts a dozen processes: side by side they would only wait for one another.</summary>
[CollectionDefinition(Name)]
public sealed class EndToEndCollection
{
    public const string Name = "end to end";
}
