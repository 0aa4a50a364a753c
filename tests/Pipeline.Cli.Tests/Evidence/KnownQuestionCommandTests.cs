using System.Text.Json;

namespace Pipeline.Cli.Tests.Evidence;

/// <summary><c>evaluate</c> and <c>calibrate</c> with the default model on questions whose answers are known.</summary>
public sealed class KnownQuestionCommandTests : IDisposable
{
    private const string Boiler = """
        The boiler house of the Aldgrove school was finished in 1998.
        Its main boiler delivers 340 kilowatts and burns wood pellets.
        The pellets come from a sawmill in Hartwell, eleven kilometres away.
        The caretaker checks the pressure gauge every Monday before eight o'clock.
        A safety valve opens when the pressure reaches three bar.
        The chimney is swept twice a year, in April and in October.
        Repairs above 500 pounds need the consent of the headteacher.
        """;

    private const string Library = """
        The reading room of the town library opens at ten in the morning.
        Members may borrow six books at a time.
        A book that is brought back late costs twenty pence a day.
        Maps and newspapers may not leave the building.
        The librarian in charge of the local archive is Mrs Okafor.
        Children under twelve need a card signed by a parent.
        The cellar was flooded in 2007 and has been dry since the new drains were laid.
        """;

    private const string Garden = """
        The allotments behind the mill were laid out in 1921.
        Each plot has ninety square metres and a shed.
        Water is shut off from December to the end of February.
        Bonfires are allowed on Sundays after four in the afternoon.
        The association meets in the church hall in the first week of March.
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-evidence-").FullName;

    public KnownQuestionCommandTests()
    {
        Write("boiler.txt", Boiler);
        Write("library.txt", Library);
        Write("garden.txt", Garden);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_model_is_calibrated_and_then_shows_evidence()
    {
        string model = UncalibratedModel(), questions = Questions();

        CommandOutput before = await CommandLine.RunAsync("evaluate", "--questions", questions, "--split", "test", "--model", model, "--json");
        Assert.True(before.ExitCode == 0, before.Error);
        using (JsonDocument result = JsonDocument.Parse(before.Output))
        {
            Assert.Equal("not-calibrated", result.RootElement.GetProperty("evidenceState").GetString());
            Assert.Equal(JsonValueKind.Null, result.RootElement.GetProperty("evidence").ValueKind);
            Assert.Equal(3, result.RootElement.GetProperty("bm25").GetProperty("questions").GetInt32());
        }

        CommandOutput dry = await CommandLine.RunAsync("calibrate", "--questions", questions, "--model", model, "--use", "18:7,14:3", "--max-tokens", "8", "--dry-run");
        Assert.True(dry.ExitCode == 0, dry.Error);
        Assert.Contains("\"18:7\"", dry.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(model, "evidence.json")));

        CommandOutput calibrated = await CommandLine.RunAsync("calibrate", "--questions", questions, "--model", model, "--heads", "6", "--max-tokens", "8");
        Assert.True(calibrated.ExitCode == 0, calibrated.Error);
        Assert.Contains("boiler.txt to garden.txt, joined", calibrated.Error, StringComparison.Ordinal);
        Assert.Contains("garden.txt to boiler.txt, joined", calibrated.Error, StringComparison.Ordinal);
        using (JsonDocument written = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(model, "evidence.json"), TestContext.Current.CancellationToken)))
        {
            Assert.Equal(6, written.RootElement.GetProperty("heads").GetArrayLength());
            Assert.Equal(1024, written.RootElement.GetProperty("distance").GetInt32());
            JsonElement set = Assert.Single(written.RootElement.GetProperty("measured").GetProperty("sets").EnumerateObject()).Value;
            Assert.Equal(4, set.GetProperty("questions").GetInt32());
            Assert.Equal(3, set.GetProperty("evidence").GetProperty("questions").GetInt32());
        }

        CommandOutput after = await CommandLine.RunAsync("evaluate", "--questions", questions, "--split", "test", "--model", model);
        Assert.True(after.ExitCode == 0, after.Error);
        Assert.Matches(@"(?m)^attention +[01]\.\d\d +1\.00 +[01]\.\d\d\r?$", after.Output);
        Assert.Matches(@"(?m)^below 1,000 tokens +3 ", after.Output);
    }

    [Fact]
    public async Task The_default_model_is_measured_in_the_documented_form()
    {
        CommandOutput run = await CommandLine.RunAsync("evaluate", "--questions", Questions(), "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        JsonElement result = json.RootElement;
        Assert.Equal(10, result.GetProperty("questions").GetInt32());
        Assert.Equal("found", result.GetProperty("evidenceState").GetString());
        foreach (string ranking in new[] { "evidence", "bm25" })
        {
            JsonElement quality = result.GetProperty(ranking);
            double top1 = quality.GetProperty("top1").GetDouble(), top3 = quality.GetProperty("top3").GetDouble(), mrr = quality.GetProperty("mrr").GetDouble();
            Assert.Equal(8, quality.GetProperty("questions").GetInt32());
            Assert.True(top1 <= mrr && mrr <= 1 && top1 <= top3 && top3 <= 1, $"{ranking}: {top1} {top3} {mrr}");
        }

        // Seven sentences a document, asked for in their own words: a ranking by chance has the right one among three in 0.43.
        Assert.True(result.GetProperty("evidence").GetProperty("top3").GetDouble() > 0.8);
        Assert.InRange(result.GetProperty("answers").GetProperty("accuracy").GetDouble(), 0.3, 1);
        JsonElement unanswerable = result.GetProperty("unanswerable");
        Assert.Equal(2, unanswerable.GetProperty("questions").GetInt32());
        Assert.InRange(unanswerable.GetProperty("precision").GetDouble(), 0, 1);
        Assert.InRange(unanswerable.GetProperty("recall").GetDouble(), 0, 1);
        Assert.Equal(8, result.GetProperty("byLength").EnumerateArray().Sum(p => p.GetProperty("bm25").GetProperty("questions").GetInt32()));
        Assert.Equal(8, result.GetProperty("byPosition").EnumerateArray().Sum(p => p.GetProperty("bm25").GetProperty("questions").GetInt32()));
        Assert.InRange(result.GetProperty("readOut").GetProperty("shareOfAnswering").GetDouble(), 0, 0.05);
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("calibrate")]
    public async Task What_cannot_be_measured_is_named(string command)
    {
        await Refused(command, Path.Combine(folder, "none.json"), "none.json");
        await Refused(command, Write("bad.json", "[{\"file\":"), "bad.json", "Expected");
        await Refused(command, Write("form.json", """[{"file":"boiler.txt","questions":[{"answers":["x"]}]}]"""), "form.json", "questions with a text");
        await Refused(command, Write("french.json", """[{"file":"boiler.txt","language":"fr","questions":[]}]"""), "french.json", "language en");
        await Refused(command, Write("gone.json", """[{"file":"gone.txt","split":"choose","questions":[{"question":"When?","evidence":"Never."}]}]"""), "gone.txt", "not found");
        await Refused(command, Write("elsewhere.json", """[{"file":"boiler.txt","split":"choose","questions":[{"question":"When?","evidence":"In no sentence."}]}]"""), "In no sentence.", "boiler.txt");
    }

    private static async Task Refused(string command, string questions, params string[] words)
        => (await CommandLine.RunAsync(command, "--questions", questions, "--language", "en", "--max-tokens", "4")).IsRefusal(words);

    private string Questions() => Write("questions.json", """
        [
          {"file":"boiler.txt","split":"choose","questions":[
            {"question":"When was the boiler house finished?","answers":["1998"],"evidence":"The boiler house of the Aldgrove school was finished in 1998."},
            {"question":"At what pressure does the safety valve open?","answers":["three bar","3 bar"],"evidence":"A safety valve opens when the pressure reaches three bar."},
            {"question":"How often is the chimney swept?","answers":["twice"],"evidence":"The chimney is swept twice a year, in April and in October."},
            {"question":"What does the caretaker earn?","unanswerable":true}]},
          {"file":"garden.txt","split":"choose","questions":[
            {"question":"How large is each plot?","answers":["ninety","90"],"evidence":"Each plot has ninety square metres and a shed."},
            {"question":"When are bonfires allowed?","answers":["Sunday"],"evidence":"Bonfires are allowed on Sundays after four in the afternoon."}]},
          {"file":"library.txt","split":"test","questions":[
            {"question":"How many books may members borrow?","answers":["six"],"evidence":"Members may borrow six books at a time."},
            {"question":"Who is in charge of the local archive?","answers":["Okafor"],"evidence":"The librarian in charge of the local archive is Mrs Okafor."},
            {"question":"What does a late book cost a day?","answers":["twenty pence"],"evidence":"A book that is brought back late costs twenty pence a day."},
            {"question":"How many square metres has the reading room?","unanswerable":true}]}
        ]
        """);

    /// <summary>The default model without its calibration.</summary>
    private string UncalibratedModel()
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, "model")).FullName;
        foreach (string file in Directory.EnumerateFiles(CommandLine.DefaultModel).Where(f => Path.GetFileName(f) != "evidence.json"))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        return path;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
