using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;

namespace Pipeline.Workflows.Tests.Intake;

public sealed class BlobReferenceTests
{
    private static readonly Uri Azure = new("https://acct.blob.core.windows.net/");
    private static readonly Uri Emulator = new("http://127.0.0.1:10000/devstoreaccount1");

    [Theory]
    [InlineData("inbox/x.pdf", "inbox", "x.pdf")]
    [InlineData("submissions/a/b/合同 1.pdf", "submissions", "a/b/合同 1.pdf")]
    [InlineData("https://acct.blob.core.windows.net/inbox/a%20b/x.pdf", "inbox", "a b/x.pdf")]
    [InlineData("https://ACCT.blob.core.windows.net/inbox/x.pdf", "inbox", "x.pdf")]
    public void Takes_what_lies_in_an_allowed_container(string text, string container, string path)
        => Assert.Equal(new BlobReference(container, path), BlobReference.Parse(text, Azure));

    [Fact]
    public void Takes_the_emulators_urls()
        => Assert.Equal(new BlobReference("inbox", "leases/x.pdf"), BlobReference.Parse("http://127.0.0.1:10000/devstoreaccount1/inbox/leases/x.pdf", Emulator));

    [Theory]
    [InlineData("")]
    [InlineData("x.pdf")]
    [InlineData("inbox/")]
    [InlineData("/inbox/x.pdf")]
    [InlineData("inbox/../documents/x")]
    [InlineData("inbox/a/./b")]
    [InlineData("inbox//x")]
    [InlineData("inbox/a\\b")]
    [InlineData("inbox/a\nb")]
    [InlineData("inbox/x?sig=1")]
    [InlineData("documents/abc/original")]
    [InlineData("$logs/x")]
    [InlineData("https://other.blob.core.windows.net/inbox/x.pdf")]
    [InlineData("https://acct.blob.core.windows.net@evil.example/inbox/x.pdf")]
    [InlineData("https://acct.blob.core.windows.net/inbox/x.pdf?sv=1")]
    [InlineData("https://acct.blob.core.windows.net/inbox/../documents/x")]
    [InlineData("https://acct.blob.core.windows.net/inbox/%2e%2e/documents/x")]
    [InlineData("https://acct.blob.core.windows.net/analyses/a/status.json")]
    [InlineData("file:///etc/passwd")]
    public void Refuses_the_rest(string text)
        => Assert.Equal(ProblemTypes.Prefix + ProblemTypes.ForeignBlob, Assert.Throws<PermanentProblemException>(() => BlobReference.Parse(text, Azure)).Problem.Type);

    [Fact]
    public void Refuses_another_path_prefix_of_the_emulator()
        => Assert.Throws<PermanentProblemException>(() => BlobReference.Parse("http://127.0.0.1:10000/otheraccount/inbox/x.pdf", Emulator));

    [Fact]
    public void Refuses_paths_of_more_than_1024_characters()
        => Assert.Throws<PermanentProblemException>(() => BlobReference.Parse("inbox/" + new string('a', 1025), Azure));
}
