namespace Pipeline.Workflows.Durable;

/// <summary>Instance ids stay in the characters that every storage behind the extension takes unescaped.</summary>
public static class InstanceIds
{
    public const int MaxLength = 100;

    public static bool IsValid(string id)
        => id is { Length: > 0 and <= MaxLength } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '_' or '-');

    public static void Check(string id)
    {
        if (!IsValid(id)) throw new ArgumentException($"'{id}' can't name a workflow: letters, digits and . : _ - only, at most {MaxLength} characters.", nameof(id));
    }
}
