using System.Globalization;
using Pipeline.Local.Triggers;

namespace Pipeline.Local.Tests.Triggers;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 * * * * *", "2026-11-24T10:15:30Z", "2026-11-24T10:16:00Z")]
    [InlineData("0 */5 * * * *", "2026-11-24T10:15:00Z", "2026-11-24T10:20:00Z")]
    [InlineData("30 0 3 * * *", "2026-11-24T03:00:30Z", "2026-11-25T03:00:30Z")]
    [InlineData("0 0 0 1 1 *", "2026-11-24T10:15:30Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 12 * * 1", "2026-11-24T10:15:30Z", "2026-11-30T12:00:00Z")]
    [InlineData("0,30 0 0 29 2 *", "2026-11-24T10:15:30Z", "2028-02-29T00:00:00Z")]
    public void Next_time(string expression, string now, string next)
        => Assert.Equal(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), new Schedule(expression).Next(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("* * * * *")]
    [InlineData("0 60 * * * *")]
    [InlineData("0 a * * * *")]
    [InlineData("0 1-5 * * * *")]
    public void Other_forms_are_refused(string expression) => Assert.Throws<FormatException>(() => new Schedule(expression));
}
