using System.Globalization;
using System.Text;
using Azure.Storage.Blobs.Models;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.Harness;

/// <summary>Documents and questions of the end-to-end tests, the same for the same number.</summary>
internal static class Documents
{
    private static readonly string[] Words = ["the", "tenant", "shall", "pay", "rent", "of", "euros", "before", "day", "month", "and", "notice", "may", "be", "given", "in", "writing", "to", "landlord", "deposit"];

    public static readonly QuestionSet Questions = new(
    [
        new Question("Who pays?", "payer"), new Question("How much is the rent?", "rent"), new Question("When does it end?", "end"), new Question("押金是多少？", "deposit"),
    ]);

    public static string Text(int number, int sentences)
    {
        var random = new Random(number);
        var text = new StringBuilder($"# Agreement {number}\n\n");
        for (var i = 0; i < sentences; i++)
        {
            var sentence = string.Join(' ', Enumerable.Range(0, 8 + random.Next(8)).Select(_ => Words[random.Next(Words.Length)]));
            text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence.AsSpan(1)).Append(CultureInfo.InvariantCulture, $" {random.Next(1000)}.").Append(i % 5 == 4 ? "\n\n" : " ");
        }

        return text.ToString();
    }

    public static async Task UploadQuestionsAsync(PipelineStorage storage) => await BlobJson.WriteAsync(storage.QuestionSets, "default.json", Questions);

    public static async Task UploadAsync(PipelineStorage storage, string name, byte[] content, IDictionary<string, string>? metadata = null)
        => await storage.Container(StorageNames.InboxContainer).GetBlobClient(name).UploadAsync(
            new BinaryData(content), new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "text/markdown" }, Metadata = metadata });

    public static Task UploadAsync(PipelineStorage storage, string name, string text, IDictionary<string, string>? metadata = null) => UploadAsync(storage, name, Encoding.UTF8.GetBytes(text), metadata);
}
