namespace Pipeline.Worker.Fencing;

/// <summary>Why work stops before it is done.</summary>
internal enum Interruption
{
    /// <summary>Nothing stops it.</summary>
    None,

    /// <summary>The process ends.</summary>
    Stopping,

    /// <summary>Somebody cancelled the attempt.</summary>
    Cancelled,

    /// <summary>Another worker, attempt or message has overtaken this one.</summary>
    Overtaken,
}
