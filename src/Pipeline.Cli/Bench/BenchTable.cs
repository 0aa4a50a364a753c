using System.Globalization;
using Spectre.Console;

namespace Pipeline.Cli.Bench;

/// <summary>The report as a table for people.</summary>
internal static class BenchTable
{
    internal static void Write(BenchReport report, IAnsiConsole console)
    {
        console.WriteLine($"{report.Model} on {report.Device}; ONNX Runtime's own float32 matrix product: {report.SgemmGflops.ToString("F0", CultureInfo.InvariantCulture)} GFLOP/s");
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("engine");
        foreach (var column in (string[])["tokens", "read t/s", "% SGEMM", "decode t/s", "answers t/s", "peak MiB", "of"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var run in report.Runs.OrderBy(r => r.Tokens))
        {
            table.AddRow(
                run.Engine,
                Number(run.Tokens, "N0"),
                Number(run.PrefillTokensPerSecond, "F0"),
                run.PercentOfSgemm is { } percent ? Number(percent, "F0") : "-",
                Number(run.DecodeTokensPerSecond, "F1"),
                run.Questions == 0 ? "-" : Number(run.QuestionTokensPerSecond, "F1"),
                run.PeakMemoryBytes is { } bytes ? Number(bytes / 1048576.0, "F0") : "-",
                Number(run.MedianOf, "F0"));
        }

        console.Write(table);
        foreach (var run in report.Runs.DistinctBy(r => r.Engine, StringComparer.Ordinal))
        {
            console.WriteLine($"{run.Engine}: {run.Settings}");
        }

        foreach (var growth in report.Growth)
        {
            console.WriteLine(
                $"{growth.Engine}: n tokens are read in {Number(growth.SecondsPerToken * 1000, "G3")} ms x n + {Number(growth.SecondsPerTokenSquared * 1e9, "G3")} ns x n² "
                + $"(attention at {Number(growth.AttentionGflops, "F0")} GFLOP/s; largest deviation {Number(growth.LargestDeviation * 100, "F0")} %)");
        }

        foreach (var line in Ratios(report))
        {
            console.WriteLine(line);
        }
    }

    /// <summary>Native against each peer, one line a length and peer.</summary>
    internal static IEnumerable<string> Ratios(BenchReport report) =>
        from ours in report.Runs
        where ours.Engine is "native"
        from peer in report.Runs
        where peer.Engine is not "native" && peer.Tokens == ours.Tokens
        select $"native against {peer.Engine} at {Number(ours.Tokens, "N0")} tokens: read {Ratio(ours.PrefillTokensPerSecond, peer.PrefillTokensPerSecond)}, "
            + $"decode {Ratio(ours.DecodeTokensPerSecond, peer.DecodeTokensPerSecond)}"
            + (ours.Questions == 0 ? string.Empty : $", {ours.Questions} questions {Ratio(ours.QuestionTokensPerSecond, peer.QuestionTokensPerSecond)}");

    private static string Ratio(double ours, double peer) => Number(ours / peer, "F2") + " x";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
