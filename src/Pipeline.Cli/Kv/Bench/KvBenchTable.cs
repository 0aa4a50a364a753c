using System.Globalization;
using Spectre.Console;

namespace Pipeline.Cli.Kv.Bench;

/// <summary>The report as a table for people.</summary>
internal static class KvBenchTable
{
    internal static void Write(KvBenchReport report, IAnsiConsole console)
    {
        console.WriteLine($"{report.Model} on {report.Device}; a document of {Number(report.Tokens, "N0")} tokens, medians of {report.MedianOf}");
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("document from");
        foreach (var column in (string[])["restored", "read", "document s", "first token s", "x cold"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var tier in report.Tiers)
        {
            table.AddRow(
                tier.Tier,
                Number(tier.TokensReused, "N0"),
                Number(tier.TokensComputed, "N0"),
                Number(tier.DocumentSeconds, "F3"),
                Number(tier.FirstTokenSeconds, "F3"),
                Number(tier.TimesFasterThanCold, "F1"));
        }

        console.Write(table);
        console.WriteLine($"{Number(report.MemoryBytesPerToken, "N0")} bytes a token in memory, {Number(report.DiskBytesPerToken, "N0")} on disk");
        console.WriteLine($"reading takes {Number(report.CommitOverheadPercent, "F1")} % longer when it is committed");
        foreach (var note in report.Notes)
        {
            console.WriteLine(note);
        }
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
