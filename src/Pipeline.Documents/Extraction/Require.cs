namespace Pipeline.Documents;

/// <summary>Range checks of options.</summary>
internal static class Require
{
    /// <exception cref="ArgumentOutOfRangeException">The value lies outside the range; the message names both.</exception>
    public static void Between<T>(T value, T least, T most, string option)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            throw new ArgumentOutOfRangeException(option, $"{option} is {value}; it must be from {least} to {most}.");
        }
    }

    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    public static void That(bool condition, string option, string message)
    {
        if (!condition)
        {
            throw new ArgumentException(message, option);
        }
    }
}
