using System.Globalization;
using System.Text;

namespace Pipeline.Reports.Tests;

/// <summary>Reports that the tests render.</summary>
internal static class SampleReport
{
    /// <summary>Two pages, two questions whose passages overlap, one unsupported number.</summary>
    public static AnswerReport Lease()
    {
        const string first = "Lease of the workshop at 4 Mill Lane.\nThe monthly rent is 4,850 pounds, payable in advance. It rises once a year.\n";
        const string second = "The deposit is 9,700 pounds. It is returned within 21 days of the end of the lease.";
        string filler = string.Concat(Enumerable.Range(0, 120).Select(i => string.Create(CultureInfo.InvariantCulture, $"Clause {i} says what such clauses say, and nothing else.\n")));
        string text = first + filler + second + "\n" + filler;
        int rent = text.IndexOf("The monthly rent", StringComparison.Ordinal), deposit = text.IndexOf("The deposit", StringComparison.Ordinal);
        int pageTwo = first.Length + (filler.Length / 2);
        double[] attention = new double[100];
        attention[1] = 0.6;
        attention[50] = 0.2;
        return new AnswerReport
        {
            DocumentName = "lease.md",
            Facts = [new("Model", "smollm2-135m-docqa (native)"), new("Document", "4,012 tokens, 2 pages"), new("Cache", "hit, 4,012 tokens restored")],
            Text = text,
            Pages = [new ReportPage(1, 0, pageTwo), new ReportPage(2, pageTwo, text.Length, "Annex")],
            Answers =
            [
                new ReportAnswer
                {
                    Question = "What is the monthly rent?",
                    Text = "4,850 pounds, from 2031.",
                    Passages = [new ReportPassage(1, rent, rent + 54, 0.61), new ReportPassage(2, deposit, deposit + 28, 0.2)],
                    Unsupported = [new ReportSpan(19, 23)],
                    Attention = attention,
                    Notes = ["9 tokens"],
                },
                new ReportAnswer
                {
                    Question = "Does the rent rise?",
                    Text = "Once a year.",
                    Passages = [new ReportPassage(1, rent + 20, rent + 75, 0.7)],
                    Attention = attention,
                },
            ],
        };
    }

    /// <summary>A document, question and answer that try to be more than text.</summary>
    public static AnswerReport Hostile()
    {
        const string attack = "</mark></div><script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 2\"> &lt;b&gt; &amp;amp; ]]> <!-- \u202e\u0000 javascript:alert(1) \ud800";
        string text = $"{attack}\nשלום עולם, this line is Hebrew first.\nمرحبا بالعالم\nplain end";
        return new AnswerReport
        {
            DocumentName = "<script>window.hacked = 3</script>\" onload=\"window.hacked = 4",
            Facts = [new("<b>Model</b>", "' onmouseover='x")],
            Text = text,
            Pages = [new ReportPage(1, 0, text.Length, "\"><script>window.hacked = 5</script>")],
            Answers =
            [
                new ReportAnswer
                {
                    Question = "<svg onload=window.hacked=6>",
                    Text = "<a href=\"javascript:window.hacked=7\">x</a> & \"y\"",
                    Passages = [new ReportPassage(1, 0, attack.Length, 1)],
                    Unsupported = [new ReportSpan(0, 2)],
                    Notes = ["<style>body { display: none }</style>"],
                },
            ],
            Notes = ["<iframe src=//example.org></iframe>"],
        };
    }

    /// <summary>Ten million characters over 900 pages, with passages at the end.</summary>
    public static AnswerReport Long()
    {
        var text = new StringBuilder(10_100_000);
        var pages = new List<ReportPage>();
        for (int page = 1; text.Length < 10_000_000; page++)
        {
            int start = text.Length;
            for (int line = 0; line < 120; line++)
            {
                text.Append(CultureInfo.InvariantCulture, $"Page {page}, line {line}: the quick brown fox jumps over the lazy dog, again & again <and> again.\n");
            }

            pages.Add(new ReportPage(page, start, text.Length));
        }

        int last = pages[^1].Start;
        return new AnswerReport
        {
            DocumentName = "long.txt",
            Text = text.ToString(),
            Pages = pages,
            Answers = [new ReportAnswer { Question = "What is on the last page?", Text = "A fox.", Passages = [new ReportPassage(pages.Count, last, last + 80, 0.9)] }],
        };
    }
}
