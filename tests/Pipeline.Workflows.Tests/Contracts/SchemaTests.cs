using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using NJsonSchema;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Tests.Contracts;

/// <summary>The committed schemas are those of the types, and what is written fulfils them.</summary>
public sealed class SchemaTests
{
    /// <summary>Set to 1 to write the schemas anew after a contract has changed.</summary>
    private const string Update = "PIPELINE_UPDATE_SCHEMAS";

    public static TheoryData<string, Type, string> Generated => new()
    {
        { "status.schema.json", typeof(AnalysisStatus), "Status of an analysis: analyses/{id}/status.json" },
        { "result.schema.json", typeof(AnalysisResult), "Result of an analysis: analyses/{id}/result.json. Offsets are UTF-16 code units into documents/{sha256}/text.txt, end exclusive; pages count from 1" },
        { "cloud-event.schema.json", typeof(CloudEvent), "CloudEvents 1.0 message about a finished analysis; queue results" },
    };

    [Theory]
    [MemberData(nameof(Generated))]
    public void Committed_schema_is_the_types(string file, Type type, string title)
    {
        var schema = ContractJson.Tolerant.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).AsObject();
        var document = new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["$id"] = file, ["title"] = title };
        foreach (var (name, value) in schema) document[name] = value?.DeepClone();
        var text = document.ToJsonString(new JsonSerializerOptions(JsonSerializerOptions.Default) { WriteIndented = true, NewLine = "\n" }) + "\n";
        if (Environment.GetEnvironmentVariable(Update) == "1") File.WriteAllText(Path.Combine(SourceFolder(), file), text);
        else Assert.Equal(File.ReadAllText(SchemaFile(file)), text);
    }

    [Fact]
    public async Task What_is_written_fulfils_its_schema()
    {
        await AssertValidAsync("status.schema.json", ContractJson.Write(Samples.Status));
        await AssertValidAsync("result.schema.json", ContractJson.Write(Samples.Result));
        await AssertValidAsync("cloud-event.schema.json", ContractJson.Write(Samples.Event));
        await AssertValidAsync("question-set.schema.json", """{"name":"lease","questions":[{"id":"rent","text":"租金是多少？"},{"text":"Who?"}]}""");
        await AssertValidAsync("intake-message.schema.json", ContractJson.Write(new Envelope<IntakeMessage>(Samples.Intake)));
    }

    [Theory]
    [InlineData("status.schema.json", """{"analysisId":"a"}""")]
    [InlineData("result.schema.json", """{"analysisId":"a","attempt":"1"}""")]
    [InlineData("question-set.schema.json", """{"questions":[]}""")]
    [InlineData("question-set.schema.json", """{"questions":[{"text":"x","extra":1}]}""")]
    [InlineData("intake-message.schema.json", """{"m":{"blob":"inbox/x"}}""")]
    [InlineData("intake-message.schema.json", """{"blob":"inbox/x","eTag":"1"}""")]
    public async Task What_is_wrong_does_not(string file, string json) => Assert.NotEmpty((await SchemaAsync(file)).Validate(json));

    [Fact]
    public void Contracts_survive_a_round_trip()
    {
        Assert.Equal(ContractJson.Write(Samples.Status), ContractJson.Write(JsonSerializer.Deserialize<AnalysisStatus>(ContractJson.Write(Samples.Status), ContractJson.Strict)));
        Assert.Equal(ContractJson.Write(Samples.Result), ContractJson.Write(JsonSerializer.Deserialize<AnalysisResult>(ContractJson.Write(Samples.Result), ContractJson.Strict)));
        Assert.Equal(Samples.Intake.Blob, JsonSerializer.Deserialize<Envelope<IntakeMessage>>(ContractJson.Write(new Envelope<IntakeMessage>(Samples.Intake)), ContractJson.Strict)!.M.Blob);
    }

    private static async Task AssertValidAsync(string file, string json) => Assert.Empty((await SchemaAsync(file)).Validate(json));

    private static Task<JsonSchema> SchemaAsync(string file) => JsonSchema.FromFileAsync(SchemaFile(file));

    private static string SchemaFile(string file) => Path.Combine(AppContext.BaseDirectory, "schemas", file);

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pipeline.sln"))) folder = folder.Parent!;
        return Path.Combine(folder.FullName, "docs", "schemas");
    }
}
