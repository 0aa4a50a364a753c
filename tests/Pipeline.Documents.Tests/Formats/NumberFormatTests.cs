extern alias parsers;

using parsers::Pipeline.Documents.Parsers.Sheets;

namespace Pipeline.Documents.Tests.Formats;

public sealed class NumberFormatTests
{
    [Theory]
    [InlineData(0.1 + 0.2, "General", "0.3")]
    [InlineData(1234567.891, "General", "1234567.891")]
    [InlineData(1e20, "General", "1E+20")]
    [InlineData(1234.5, "#,##0.00", "1,234.50")]
    [InlineData(0.256, "0%", "26%")]
    [InlineData(0.2567, "0.00%", "25.67%")]
    [InlineData(-5, "#,##0;(#,##0)", "(5)")]
    [InlineData(0, "0;-0;\"none\"", "none")]
    [InlineData(19.5, "[$€-407] #,##0.00", "€ 19.50")]
    [InlineData(12, "0 \"pcs\"", "12 pcs")]
    [InlineData(12345, "0.00E+00", "1.23E+04")]
    [InlineData(1500000, "#,##0.0,,\" M\"", "1.5 M")]
    [InlineData(45292, "yyyy-mm-dd", "2024-01-01")]
    [InlineData(45292.75, "d mmm yyyy h:mm AM/PM", "1 Jan 2024 6:00 PM")]
    [InlineData(45292.5006944, "dd/mm/yyyy hh:mm", "01/01/2024 12:01")]
    [InlineData(1.5, "[h]:mm", "36:00")]
    [InlineData(59, "yyyy-mm-dd", "1900-02-28")]
    [InlineData(61, "yyyy-mm-dd", "1900-03-01")]
    [InlineData(0.5, "mm:ss", "00:00")]
    [InlineData(5, "@", "5")]
    public void Numbers_come_as_a_spreadsheet_shows_them(double value, string format, string expected) =>
        Assert.Equal(expected, NumberFormat.Format(value, format, from1904: false));

    [Fact]
    public void Dates_may_count_from_1904() => Assert.Equal("2024-01-01", NumberFormat.Format(43830, "yyyy-mm-dd", from1904: true));
}
