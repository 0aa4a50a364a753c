using System.ComponentModel.DataAnnotations;

namespace Pipeline.Models;

/// <summary>How a <see cref="ModelStore"/> transfers files.</summary>
public sealed record ModelStoreOptions
{
    /// <summary>Tries in a row without a single new byte before a download fails; 1 to 100, 5 by default.</summary>
    [Range(1, 100)]
    public int Attempts { get; init; } = 5;

    /// <summary>Pause before the second try; it doubles with each further one, up to a minute. 0 to 60 seconds, 1 second by default.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that brings nothing for so long counts as failed; 1 second to 1 hour, 1 minute by default.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(1);

    internal void Validate() => Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
}
